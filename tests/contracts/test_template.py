"""House rules of the templates, for every resource there is: access, encryption, limits, failures, alarms."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import botocore.loaders
import pytest

from checks.code import ACCEPTED as ACCEPTED_IN_CODE
from checks.packages import ACCEPTED as ACCEPTED_PACKAGES
from checks.template import accepted, ignored
from earnest.template import MONITORING, TEMPLATES, loaded
from tests.support.expanded import boundary, expanded, may_touch
from tests.support.project import ROOT, monitoring, resources, routes, template

FUNCTIONS = resources("AWS::Serverless::Function")
TABLES = resources("AWS::DynamoDB::Table")
QUEUES = resources("AWS::SQS::Queue")
ALARMS = resources("AWS::CloudWatch::Alarm")
GLOBALS = template()["Globals"]["Function"]
OF_KEYS = {"Authorize", "CreateKey", "IssueToken", "RevokeKey"}
USED_TABLE = {"Fn::If": ["OwnsTable", {"Ref": "Table"}, {"Ref": "ExistingTable"}]}
WRITES = {"dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"}
KEPT = {"Fn::If": ["KeepsConcurrency", {"Ref": "KeptConcurrency"}, {"Ref": "AWS::NoValue"}]}


def _statements() -> Iterator[tuple[str, dict[str, Any]]]:
    for name, function in FUNCTIONS.items():
        for policy in function.get("Policies", []):
            assert isinstance(policy, dict), f"{name}: a policy by name grants what nobody here has read"
            assert list(policy) == ["Statement"], f"{name}: a policy template grants what nobody here has read"
            for statement in policy["Statement"]:
                yield name, statement


def _sources() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """The function, the type and the settings of every source that nobody waits for."""
    for name, function in FUNCTIONS.items():
        for event in function.get("Events", {}).values():
            if event["Type"] != "Api":
                yield name, event["Type"], event["Properties"]


def _attribute(value: Any) -> tuple[str, str]:
    """The resource and the attribute that a `!GetAtt` names."""
    name, attribute = value["Fn::GetAtt"].split(".")
    return name, attribute


def _alarms(metric: str, dimension: dict[str, Any]) -> list[str]:
    return [
        name for name, one in ALARMS.items() if one["MetricName"] == metric and dimension in one.get("Dimensions", ())
    ]


def _failure_destinations() -> set[str]:
    redrives = [queue["RedrivePolicy"]["deadLetterTargetArn"] for queue in QUEUES.values() if "RedrivePolicy" in queue]
    streams = [one["DestinationConfig"]["OnFailure"]["Destination"] for _, _, one in _sources() if "Stream" in one]
    return {_attribute(arn)[0] for arn in (*redrives, *streams)}


def test_nothing_is_allowed_by_a_pattern() -> None:
    for name, statement in _statements():
        assert {"Effect", "Action", "Resource"} <= set(statement) <= {"Effect", "Action", "Resource", "Condition"}, name
        assert statement["Effect"] == "Allow"
        for action in statement["Action"]:
            assert re.fullmatch(r"[a-z]+:[A-Z][A-Za-z]+", action), f"{name}: {action}"
        assert set(statement["Resource"]) == {"Fn::GetAtt"}, f"{name}: one resource, and one of ours"


def test_an_action_is_allowed_on_its_own_kind_of_resource() -> None:
    kinds = {"dynamodb": "AWS::SSM::Parameter", "events": "AWS::Events::EventBus", "sqs": "AWS::SQS::Queue"}
    for name, statement in _statements():
        target, attribute = _attribute(statement["Resource"])
        services = {action.split(":")[0] for action in statement["Action"]}
        assert services == {service for service in services if target in resources(kinds[service])}, name
        assert attribute == ("Value" if services == {"dynamodb"} else "Arn")


def test_no_function_may_walk_the_table_or_change_what_it_is() -> None:
    used = {action for _, statement in _statements() for action in statement["Action"] if action[:3] == "dyn"}
    items = {"BatchGetItem", "ConditionCheckItem", "DeleteItem", "GetItem", "PutItem", "Query", "UpdateItem"}
    assert used <= {f"dynamodb:{item}" for item in items}


def test_the_table_of_all_policies_is_the_stacks_own_or_the_one_that_it_is_told_to_use() -> None:
    own, other = {"Fn::GetAtt": "Table.Arn"}, "table/${ExistingTable}"
    condition, first, second = resources("AWS::SSM::Parameter")["TableArn"]["Value"]["Fn::If"]
    assert (condition, first, second["Fn::Sub"].split(":")[-1]) == ("OwnsTable", own, other)
    assert template()["Conditions"]["OwnsTable"] == {"Fn::Equals": [{"Ref": "ExistingTable"}, ""]}
    assert template()["Parameters"]["ExistingTable"]["Default"] == ""
    assert template()["Resources"]["Table"]["Condition"] == "OwnsTable"
    assert GLOBALS["Environment"]["Variables"]["TABLE_NAME"] == USED_TABLE
    assert template()["Outputs"]["TableName"]["Value"] == USED_TABLE
    for stream in (source["Stream"] for _, kind, source in _sources() if kind == "DynamoDB"):
        assert stream == {"Fn::If": ["OwnsTable", {"Fn::GetAtt": "Table.StreamArn"}, {"Ref": "ExistingTableStream"}]}
    # Whatever else names the table has to ask which one it is.
    text = (ROOT / "template.yaml").read_text()
    assert len(re.findall(r"!(?:Ref Table|GetAtt Table\.\w+)\b", text)) == text.count("[OwnsTable, !")


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_touches_items_of_brands_and_only_those_of_keys_touch_keys(name: str) -> None:
    touched = may_touch(name)
    wanted = {"BRAND#*", "KEY#*"} if name in OF_KEYS else {"BRAND#*"}
    assert all(keys == wanted for keys in touched.values()), touched
    if name in OF_KEYS:
        assert bool(WRITES & set(touched)) is (name != "Authorize")


def test_whoever_reads_all_keys_of_a_table_is_nobody() -> None:
    actions, _ = boundary()
    assert not {action for action in actions if action.endswith(("Scan", "*", "Table"))}


def test_the_layer_keeps_every_operation_that_functions_may_call() -> None:
    actions, _ = boundary()
    operations = botocore.loaders.create_loader().load_service_model("dynamodb", "service-2")["operations"]
    granted = {action.partition(":")[2] for action in actions if action.startswith("dynamodb:")}
    kept = re.findall(r"^SERVICES = dynamodb:(\S+) ", (ROOT / "layers/dependencies/Makefile").read_text(), re.MULTILINE)
    # What a transaction may do is granted by the actions it is made of.
    assert set(kept[0].split(",")) == granted & operations.keys() | {"TransactWriteItems"}


def test_the_authorizer_only_reads_one_item() -> None:
    assert [one["Action"] for name, one in _statements() if name == "Authorize"] == [["dynamodb:GetItem"]]


def test_a_route_without_a_key_may_do_nothing() -> None:
    (api,) = resources("AWS::Serverless::Api").values()
    assert api["Auth"]["DefaultAuthorizer"] in api["Auth"]["Authorizers"]
    for name, function in FUNCTIONS.items():
        for event in function.get("Events", {}).values():
            if event["Properties"].get("Auth", {}).get("Authorizer", "") not in ("", *api["Auth"]["Authorizers"]):
                assert event["Properties"]["Method"] == "get", name
                assert "Policies" not in function, f"{name} is open to everyone"
        assert "FunctionUrlConfig" not in function, name


def test_a_key_that_was_revoked_is_let_in_by_the_gateway_for_2_seconds_at_most() -> None:
    (api,) = resources("AWS::Serverless::Api").values()
    for authorizer in api["Auth"]["Authorizers"].values():
        assert authorizer["FunctionArn"] == {"Ref": "Authorize.Alias"}
        assert authorizer["Identity"]["ReauthorizeEvery"] <= 2


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_encrypted_recoverable_and_hard_to_lose(name: str) -> None:
    table, whole = TABLES[name], template()["Resources"][name]
    assert table["SSESpecification"]["SSEEnabled"] is True
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table["DeletionProtectionEnabled"] == {"Ref": "DeletionProtection"}
    assert template()["Parameters"]["DeletionProtection"]["Default"] == "true"
    assert whole["DeletionPolicy"] == whole["UpdateReplacePolicy"] == "Retain"


@pytest.mark.parametrize("name", QUEUES)
def test_a_queue_is_encrypted_and_keeps_what_failed_as_long_as_it_can(name: str) -> None:
    queue = QUEUES[name]
    assert queue.get("SqsManagedSseEnabled") is True or "KmsMasterKeyId" in queue
    if name in _failure_destinations():
        assert queue["MessageRetentionPeriod"] == 1_209_600
        assert "RedrivePolicy" not in queue
    else:
        assert queue["RedrivePolicy"]["maxReceiveCount"] >= 3


def test_a_function_that_goes_on_by_its_own_queue_is_not_taken_for_a_loop() -> None:
    """Lambda stops a message that has come through the same function about 16 times, unless it is told otherwise."""
    for name, function in resources("AWS::Serverless::Function").items():
        queues = {
            str(event["Properties"]["Queue"]) for event in function.get("Events", {}).values() if event["Type"] == "SQS"
        }
        sends_to = {
            str(statement["Resource"])
            for policy in function.get("Policies", [])
            if isinstance(policy, dict)
            for statement in policy.get("Statement", [])
            if "sqs:SendMessage" in statement["Action"]
        }
        assert function.get("RecursiveLoop") == ("Allow" if queues & sends_to else None), name


def test_the_template_can_be_read_and_leaves_room_for_endpoints() -> None:
    """CloudFormation takes 500 resources; an endpoint is function, version, alias, role and permission.

    A gradual deployment takes one more for each function.
    """
    assert len((ROOT / "template.yaml").read_text().splitlines()) < 900
    assert len(expanded()) <= 399
    assert len(expanded(GradualDeployment="true")) <= 460


def test_versions_are_replaced_at_once_unless_it_is_asked_for_steps() -> None:
    assert template()["Parameters"]["GradualDeployment"]["Default"] == "false"
    assert not [one for one in expanded().values() if "CodeDeploy" in one["Type"]]
    gradual = expanded(GradualDeployment="true", DeploymentType="Linear10PercentEvery1Minute")
    groups = {
        name.removesuffix("DeploymentGroup"): one["Properties"]
        for name, one in gradual.items()
        if one["Type"] == "AWS::CodeDeploy::DeploymentGroup"
    }
    assert set(groups) == set(FUNCTIONS)
    for group in groups.values():
        assert group["DeploymentConfigName"]["Fn::Sub"][1] == {"ConfigName": "Linear10PercentEvery1Minute"}
        watched = {one["Name"]["Ref"] for one in group["AlarmConfiguration"]["Alarms"]}
        # Those of the nested stack wait for functions, which must not wait for them.
        assert watched <= set(ALARMS) & set(template()["Resources"])
        assert "ApiFailsAlarm" in watched


def test_what_is_not_looked_at_here_is_not_there() -> None:
    known = {
        "AWS::CloudFormation::Stack",
        "AWS::CloudWatch::Alarm",
        "AWS::DynamoDB::Table",
        "AWS::Events::EventBus",
        "AWS::IAM::ManagedPolicy",
        "AWS::Logs::LogGroup",
        "AWS::SQS::Queue",
        "AWS::SSM::Parameter",
        "AWS::Serverless::Api",
        "AWS::Serverless::Function",
        "AWS::Serverless::LayerVersion",
    }
    assert {one["Type"] for one in template()["Resources"].values()} == known, "a new type needs its rules here"
    of_monitoring = {"AWS::CloudWatch::Alarm", "AWS::CloudWatch::Dashboard", "AWS::Logs::MetricFilter"}
    assert {one["Type"] for one in monitoring()["Resources"].values()} == of_monitoring


def test_the_nested_stack_is_handed_what_it_asks_for_each_by_its_own_name() -> None:
    (stack,) = resources("AWS::CloudFormation::Stack").values()
    assert ROOT / stack["TemplateURL"] == MONITORING
    given = dict(stack["Parameters"])
    assert set(given) == set(loaded(MONITORING)["Parameters"])
    assert given.pop("Application") == {"Ref": "AWS::StackName"}
    assert given.pop("Table") == USED_TABLE
    log = given.pop("ApiAccessLog")
    assert log == {"Fn::If": ["HasAccessLog", {"Ref": "ApiAccessLog"}, ""]}
    for name, value in given.items():
        assert value == ({"Fn::GetAtt": f"{name}.QueueName"} if name in QUEUES else {"Ref": name})
    both = template()["Conditions"], monitoring()["Conditions"]
    pages, has_topic = (one["HasAlarmTopic"] for one in both)
    assert pages == has_topic == {"Fn::Not": [{"Fn::Equals": [{"Ref": "AlarmTopicArn"}, ""]}]}
    assert both[1]["HasAccessLog"] == {"Fn::Not": [{"Fn::Equals": [log, ""]}]}
    assert not template()["Resources"].keys() & monitoring()["Resources"].keys()


def test_functions_share_one_log_group() -> None:
    assert set(resources("AWS::Logs::LogGroup")) == {"ApiAccessLog", "FunctionLogs"}
    assert GLOBALS["LoggingConfig"] == {"LogFormat": "JSON", "LogGroup": {"Ref": "FunctionLogs"}}
    assert not [name for name, function in FUNCTIONS.items() if "LoggingConfig" in function]


@pytest.mark.parametrize("name", resources("AWS::Logs::LogGroup"))
def test_a_log_ends(name: str) -> None:
    group = resources("AWS::Logs::LogGroup")[name]
    assert group["RetentionInDays"] == {"Ref": "LogRetentionDays"}
    assert "${AWS::StackName}" in group["LogGroupName"]["Fn::Sub"]


def test_the_gateway_throttles_every_method_and_names_no_caller_in_its_log() -> None:
    (api,) = resources("AWS::Serverless::Api").values()
    every, *marketing = api["MethodSettings"]
    assert (every["ResourcePath"], every["HttpMethod"]) == ("/*", "*")
    assert every["ThrottlingRateLimit"] == {"Ref": "RequestsPerSecond"}
    assert every["ThrottlingBurstLimit"] == {"Ref": "RequestBurst"}
    # What a queue takes meets no limit but the account's. All that is sent in mass leaves a fifth of that for the rest.
    paths = [path.replace("/", "~1").replace("~1", "/~1", 1) for _, _, path in routes() if "/bulk-action/" in path]
    assert {one["ResourcePath"] for one in marketing} == set(paths)
    limits = {one["ResourcePath"]: (one["ThrottlingRateLimit"], one["ThrottlingBurstLimit"]) for one in marketing}
    cold = {path for path in limits if "~1cold~1" in path}
    assert {limits[path] for path in limits.keys() - cold} == {(10_000, 5_000)}
    assert [limits[path] for path in cold] == [({"Ref": "ColdRequestRate"}, {"Ref": "ColdRequestBurst"})] * 2
    rate, burst = (template()["Parameters"][name]["Default"] for name in ("ColdRequestRate", "ColdRequestBurst"))
    assert len(cold) * rate <= 0.8 * 10_000
    assert len(cold) * burst <= 0.8 * 5_000
    assert "DataTraceEnabled" not in every, "it would log keys and bodies"
    condition, setting, _ = api["AccessLogSetting"]["Fn::If"]
    assert (condition, template()["Parameters"]["AccessLog"]["Default"]) == ("HasAccessLog", "false")
    told = set(re.findall(r"\$context\.([\w.]+)", setting["Format"]))
    assert told == {
        "requestId",
        "httpMethod",
        "resourcePath",
        "status",
        "error.responseType",
        "responseLatency",
        "authorizer.brand_id",
        "authorizer.key_name",
    }


@pytest.mark.parametrize("layer", resources("AWS::Serverless::LayerVersion"))
def test_a_change_of_a_layer_alone_reaches_every_function(layer: str) -> None:
    """Calls go to an alias, so a function has it only with a new version."""
    before, after = (_published(expanded(changed)) for changed in ("", layer))
    assert before.keys() == after.keys() == set(FUNCTIONS)
    assert not [name for name in before if before[name] == after[name]]


def test_another_table_reaches_every_function_if_its_number_is_raised_and_not_otherwise() -> None:
    """A version is what an alias leads to; without a new one, calls would go on with the table of before."""
    other = {"ExistingTable": "restored", "ExistingTableStream": "arn:aws:dynamodb:…"}
    before, after = (_published(expanded(**{**other, "table": number})) for number in ("1", "2"))
    assert before.keys() == after.keys() == set(FUNCTIONS)
    assert not [name for name in before if before[name] == after[name]]
    assert _published(expanded(**other)) == _published(expanded()), "the number is no longer needed"
    assert template()["Resources"]["LoyaltyLayer"]["Properties"]["Description"].endswith("; table 1")


def _published(stack: Mapping[str, Any]) -> dict[str, str]:
    """The version that each function's alias leads to."""
    aliases = (one["Properties"] for one in stack.values() if one["Type"] == "AWS::Lambda::Alias")
    return {one["FunctionName"]["Ref"]: one["FunctionVersion"]["Fn::GetAtt"][0] for one in aliases}


def test_functions_are_traced_and_the_gateway_is_not_as_its_segments_keep_paths_and_addresses() -> None:
    (api,) = resources("AWS::Serverless::Api").values()
    assert api["TracingEnabled"] is False
    assert GLOBALS["Tracing"] == "Active"
    assert not [name for name, function in FUNCTIONS.items() if "Tracing" in function]


def test_a_function_adds_only_where_it_sends_to_and_no_variable_is_a_secret() -> None:
    own = {name: one["Environment"]["Variables"] for name, one in FUNCTIONS.items() if "Environment" in one}
    # v3 and v4 of a batch name the customer in a field of their own.
    assert {name: one for name, one in own.items() if set(one) == {"CUSTOMER_FIELD"}} == {
        "TrackEventV3": {"CUSTOMER_FIELD": "playerUniqueId"},
        "TrackEvents": {"CUSTOMER_FIELD": "customerId"},
    }
    for name, variables in own.items():
        if name in ("TrackEventV3", "TrackEvents"):
            continue
        for target in (value["Ref"] for value in variables.values()):
            arn = {"Fn::GetAtt": f"{target}.Arn"}
            used = [one["Action"] for owner, one in _statements() if owner == name and arn == one["Resource"]]
            # Whoever is called by a queue may also hide its messages for a while.
            sends = [one for one in used if one in (["sqs:SendMessage"], ["events:PutEvents"])]
            # What was set aside is counted, and neither read nor sent.
            counts = name == "GetSetAside" and used == [["sqs:GetQueueAttributes"]]
            assert sends or counts or any("sqs:ReceiveMessage" in one for one in used), name
    of_the_stack = dict(GLOBALS["Environment"]["Variables"])
    assert of_the_stack.pop("PYDANTIC_DISABLE_PLUGINS") == "__all__"
    for value in of_the_stack.values():
        assert value == USED_TABLE or set(value) in ({"Ref"}, {"Fn::GetAtt"}), "a reference to a resource, or the stack"


def test_capacity_is_kept_for_what_a_rush_must_not_starve() -> None:
    protected = {"Authorize", *(name for name, _, _ in _sources())}
    assert {name for name, one in FUNCTIONS.items() if one.get("ReservedConcurrentExecutions") == KEPT} == protected
    assert not [name for name, one in FUNCTIONS.items() if one.get("ReservedConcurrentExecutions", KEPT) != KEPT]


def test_only_sources_whose_failures_go_somewhere_are_in_use() -> None:
    kinds = {kind for _, kind, _ in _sources()}
    assert "DynamoDB" in kinds
    assert kinds <= {"DynamoDB", "SQS"}, "another source needs its rule here"


def test_a_stream_gives_up_on_a_record_at_some_time_and_says_which() -> None:
    for name, _, source in _sources():
        if "Stream" in source:
            assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"], name
            assert source["BisectBatchOnFunctionError"] is True
            assert 0 < source["MaximumRetryAttempts"] <= 100
            target, _ = _attribute(source["DestinationConfig"]["OnFailure"]["Destination"])
            sends = [one for owner, one in _statements() if owner == name and "sqs:SendMessage" in one["Action"]]
            assert target in {_attribute(one["Resource"])[0] for one in sends}, f"{name} must be able to send it there"


def test_a_queue_that_is_read_waits_longer_than_its_reader_and_gives_back_only_what_failed() -> None:
    for name, kind, source in _sources():
        if kind == "SQS":
            queue = QUEUES[_attribute(source["Queue"])[0]]
            assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"], name
            assert queue["VisibilityTimeout"] >= 6 * FUNCTIONS[name].get("Timeout", GLOBALS["Timeout"]), (
                "as AWS advises"
            )
            assert "RedrivePolicy" in queue


@pytest.mark.parametrize("name", ALARMS)
def test_an_alarm_pages_whoever_is_named_says_what_it_means_and_is_quiet_when_nothing_happens(name: str) -> None:
    alarm = ALARMS[name]
    assert alarm["AlarmActions"] == {"Fn::If": ["HasAlarmTopic", [{"Ref": "AlarmTopicArn"}], {"Ref": "AWS::NoValue"}]}
    assert len(alarm["AlarmDescription"].split()) > 3
    assert alarm["TreatMissingData"] == "notBreaching"


def test_whatever_fails_where_nobody_waits_is_an_alarm() -> None:
    for name, kind, source in _sources():
        function = {"Name": "FunctionName", "Value": {"Ref": name}}
        assert _alarms("Errors", function), name
        assert _alarms("Throttles", function), name
        if kind == "DynamoDB":
            assert _alarms("IteratorAge", function), name
        else:
            queue = f"{_attribute(source['Queue'])[0]}.QueueName"
            assert _alarms("ApproximateAgeOfOldestMessage", {"Name": "QueueName", "Value": {"Fn::GetAtt": queue}}), name
    for queue in _failure_destinations():
        value = {"Fn::GetAtt": f"{queue}.QueueName"}
        assert _alarms("ApproximateNumberOfMessagesVisible", {"Name": "QueueName", "Value": value}), queue


def test_what_callers_would_see_is_an_alarm() -> None:
    assert _alarms("5XXError", {"Name": "Stage", "Value": {"Ref": "Stage"}})
    assert _alarms("Errors", {"Name": "FunctionName", "Value": {"Ref": "Authorize"}})
    for metric in ("ReadThrottleEvents", "WriteThrottleEvents", "TransactionConflict"):
        assert _alarms(metric, {"Name": "TableName", "Value": USED_TABLE}), metric
    slow = [ALARMS[name] for name in _alarms("Latency", {"Name": "Stage", "Value": {"Ref": "Stage"}})]
    assert {one["ExtendedStatistic"] for one in slow} == {"p95", "p99"}
    assert _alarms("4XXError", {"Name": "Stage", "Value": {"Ref": "Stage"}})


def test_throttled_calls_are_an_alarm_where_the_gateway_logs_them() -> None:
    (name, told), *others = resources("AWS::Logs::MetricFilter").items()
    assert others == []
    (metric,) = told["MetricTransformations"]
    assert told["FilterPattern"] == '{ $.status = "429" }'
    assert told["LogGroupName"]["Fn::If"][:2] == ["HasAccessLog", {"Ref": "ApiAccessLog"}]
    alarm = ALARMS["ApiThrottlesAlarm"]
    assert (alarm["Namespace"], alarm["MetricName"]) == (metric["MetricNamespace"], metric["MetricName"])
    assert template()["Resources"]["ApiAccessLog"]["Condition"] == "HasAccessLog"
    for one in (name, "ApiThrottlesAlarm"):
        assert monitoring()["Resources"][one]["Condition"] == "HasAccessLog"


def test_the_dashboard_shows_what_the_alarms_are_about() -> None:
    (dashboard,) = resources("AWS::CloudWatch::Dashboard").values()
    text = dashboard["DashboardBody"]["Fn::Sub"]
    widgets = json.loads(text)["widgets"]
    places = [(one["x"], one["y"]) for one in widgets]
    assert len(set(places)) == len(places)
    shown = {name for widget in widgets for metric in widget["properties"]["metrics"] for name in _metrics(metric)}
    wanted = {one["MetricName"] for one in ALARMS.values()} - {"Throttled"}
    assert wanted <= shown
    # Traffic, latency by function, deadlines overdue, and what the bill grows with.
    assert {"Count", "Duration", "SettledLateMilliseconds", "ConsumedWriteCapacityUnits", "IncomingBytes"} <= shown
    assert all(one["x"] + one["width"] <= 24 and one["y"] + one["height"] <= 18 for one in widgets), "one screen"
    named = set(re.findall(r"\$\{(.*?)\}", text)) - {"AWS::Region"}
    assert named <= set(monitoring()["Parameters"]), "a reference to what is there"


def _metrics(metric: list[Any]) -> list[str]:
    """The names of a line's metrics, whether it names one or searches for those of all functions."""
    if isinstance(metric[0], dict):
        return re.findall(r'MetricName="(\w+)"', metric[0]["expression"])
    return [name for name in metric[1:2] if isinstance(name, str)]


def test_no_tool_is_told_to_be_silent_but_with_a_reason() -> None:
    assert [one for path in TEMPLATES for one in accepted(loaded(path)) if len(one.text.split()) < 3] == []
    assert [text for text in (*ACCEPTED_IN_CODE.values(), *ACCEPTED_PACKAGES.values()) if len(text.split()) < 3] == []
    # The tools' own ways to be silenced have no place for a reason that is checked. What cfn-lint is told to ignore, so
    # that `sam validate --lint` can pass, is looked for by `make check` all the same, and needs its reason there.
    for path in TEMPLATES:
        accepted_in_globals = [one.rule for one in accepted(loaded(path)) if one.where == "Globals"]
        assert ignored(loaded(path)) == accepted_in_globals, path.name
        assert not re.search(r"checkov:skip|nag_suppress", path.read_text())
        assert path.read_text().count("cfn-lint:") == len(accepted_in_globals)
    assert not [one for one in _metadata() if "checkov" in one]
    assert not [
        name for name in (".checkov.yaml", ".cfnlintrc", ".cfnlintrc.yaml", ".bandit") if (ROOT / name).exists()
    ]
    assert "[tool.bandit" not in (ROOT / "pyproject.toml").read_text()


def _metadata() -> Iterator[dict[str, Any]]:
    for whole in (template(), monitoring()):
        yield whole.get("Metadata", {})
        yield from (one["Metadata"] for one in whole["Resources"].values() if "Metadata" in one)
