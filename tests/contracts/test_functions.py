"""Every function is whole: its place in the template, its sample, its test, its log, its policy, its own imports."""

import ast
import json
import os
import re
import subprocess
import sys
from collections import Counter
from functools import cache

import pytest

from loyalty.domain.assignments.traces import MAX_ATTEMPTS
from loyalty.domain.feed.webhooks import MAX_DELIVERY_ATTEMPTS
from loyalty.settings import Settings
from loyalty.store import keys
from tests.support.project import (
    FOLDERS,
    FUNCTIONS,
    LAYER,
    ROOT,
    lambdas,
    published_routes,
    resources,
    routes,
    template,
)

ALLOWED_IMPORTS = (
    "loyalty.http",
    "loyalty.authorizer",
    "loyalty.records",
    "loyalty.telemetry",
    "loyalty.clock",
    "loyalty.settings",
    "loyalty.domain",
    "loyalty.services",
)
WITHOUT_POLICIES = {"get_openapi", "get_docs", "get_console"}
WITHOUT_A_TABLE = {*WITHOUT_POLICIES, "get_set_aside"}
WITHOUT_PYDANTIC = {"authorize", "on_deadline_passed", "on_offer_requested", "on_record_written", "on_delivery_due"}
REQUESTS = sorted({function for function, _, _ in routes()})
TARGETS = (
    "TableArn.Value",
    "DeadlinesNotSettled.Arn",
    "HotRequestsSetAside.Arn",
    "ColdRequestsSetAside.Arn",
    "WebhookMessagesSetAside.Arn",
    "RecordsNotAnnounced.Arn",
    "WebhookMessages.Arn",
    "HotRequests.Arn",
    "ColdRequests.Arn",
    "Completions.Arn",
)
LAMBDAS = lambdas()
# The code of twins is the same; where they are called or called by, what they may do and their environment are not.
SHARED = {
    "create_hot_offer": "create_offer",
    "create_cold_offer": "create_offer",
    "assign_hot_points": "assign_points",
    "assign_cold_points": "assign_points",
    "track_event_v3": "track_events",
    "on_hot_offer_requested": "on_offer_requested",
    "on_cold_offer_requested": "on_offer_requested",
}
each_folder = pytest.mark.parametrize("folder", FOLDERS)
each_function = pytest.mark.parametrize("function", FUNCTIONS)


def test_the_template_has_exactly_the_functions_in_the_folder() -> None:
    assert sorted({one.folder for one in LAMBDAS.values()}) == FOLDERS
    assert all(one.folder == SHARED.get(name, name) for name, one in LAMBDAS.items())
    shared = Counter(one.folder for one in LAMBDAS.values())
    assert {folder for folder, number in shared.items() if number > 1} == set(SHARED.values())


@each_folder
def test_a_handler_is_a_contract_and_one_call(folder: str) -> None:
    source = (ROOT / "functions" / folder / "handler.py").read_text()
    tree = ast.parse(source)
    assert len(source.splitlines()) < 40
    assert ast.get_docstring(tree)
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Try)]
    assert "environ" not in source


@each_folder
def test_a_handler_imports_only_the_edges_the_services_and_the_domain(folder: str) -> None:
    tree = ast.parse((ROOT / "functions" / folder / "handler.py").read_text())
    ours = [
        f"{node.module}.{name.name}" if node.module == "loyalty" else str(node.module)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("loyalty")
        for name in node.names
    ]
    assert ours
    assert all(one.startswith(ALLOWED_IMPORTS) for one in ours), ours


def test_a_line_of_the_docstring_of_a_request_handler_names_the_route_of_each_function() -> None:
    named = sorted(
        (folder, *found)
        for folder in FOLDERS
        for found in re.findall(
            r'^(?:""")?([A-Z]+) (/\S*): ', (ROOT / "functions" / folder / "handler.py").read_text(), re.M
        )
    )
    assert named == sorted((LAMBDAS[function].folder, method, path) for function, method, path in routes())


@each_function
def test_a_function_has_a_sample_event(function: str) -> None:
    sample = json.loads((ROOT / "events" / f"{function}.json").read_text())
    for name, method, path in routes():
        if name == function:
            assert (sample["httpMethod"], sample["resource"]) == (method, path)


def test_every_sample_event_is_of_a_function() -> None:
    assert sorted(path.stem for path in (ROOT / "events").iterdir()) == FUNCTIONS


@each_function
def test_a_function_has_a_test(function: str) -> None:
    tests = "".join(path.read_text() for path in (ROOT / "tests" / "functions").glob("*.py"))
    assert f'"{function}"' in tests


@each_function
def test_a_function_may_do_only_what_is_named_on_one_resource(function: str) -> None:
    settings = LAMBDAS[function].properties
    statements = [statement for policy in settings.get("Policies", ()) for statement in policy["Statement"]]
    assert bool(statements) == (function not in WITHOUT_POLICIES)
    for statement in statements:
        assert statement["Effect"] == "Allow"
        assert all("*" not in action for action in statement["Action"])
        assert statement["Resource"] in ({"Fn::GetAtt": name} for name in TARGETS)


@each_function
def test_the_memory_and_the_time_of_a_function_are_bounded(function: str) -> None:
    settings = LAMBDAS[function].properties
    assert 128 <= settings["MemorySize"] <= 1024
    assert settings["Timeout"] <= 60


@pytest.mark.parametrize("name", ["MemorySize", "Timeout"])
def test_memory_and_time_have_a_default_and_whatever_differs_from_it_has_its_reason(name: str) -> None:
    lines = re.findall(rf"\b{name}: (\d+),?(.*)$", (ROOT / "template.yaml").read_text(), re.MULTILINE)
    assert all(re.fullmatch(r"  # \S+( \S+)+", reason) for _, reason in lines)
    default, *others = [int(value) for value, _ in lines]
    assert template()["Globals"]["Function"][name] == default
    assert default not in others
    functions = resources("AWS::Serverless::Function").values()
    assert others == [one[name] for one in functions if name in one], "each on a line of its own"


def test_a_published_path_is_a_route_behind_the_prefix_of_its_version() -> None:
    published = {
        (function, method, re.sub(r"^/api/v(3\.0|4|4\.0|4\.1)(?=/)", "", path))
        for function, method, path in published_routes()
    }
    assert {function for function, _, _ in published} == {"track_event_v3", "track_events", "preview_rewards"}
    assert published < set(routes())
    called = [
        name
        for function in LAMBDAS.values()
        for name, event in function.properties.get("Events", {}).items()
        if event["Type"] == "Api"
    ]
    assert set(called) == {"Request", "Published", "PublishedV4", "PublishedV41"}


def test_no_request_outlives_the_gateway() -> None:
    assert all(LAMBDAS[function].properties["Timeout"] <= 29 for function in REQUESTS)


def test_asynchronous_sources_report_partial_failures_and_have_a_failure_destination() -> None:
    sources = [
        event["Properties"]
        for function in LAMBDAS.values()
        for event in function.properties.get("Events", {}).values()
        if event["Type"] in ("DynamoDB", "SQS", "Kinesis")
    ]
    assert sources
    for source in sources:
        assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        if "Queue" in source:
            queue = resources("AWS::SQS::Queue")[source["Queue"]["Fn::GetAtt"].removesuffix(".Arn")]
            attempts = MAX_DELIVERY_ATTEMPTS if "Webhook" in json.dumps(source["Queue"]) else MAX_ATTEMPTS
            assert queue["RedrivePolicy"]["maxReceiveCount"] == attempts
        else:
            assert source["BisectBatchOnFunctionError"] is True
            assert source["DestinationConfig"]["OnFailure"]["Destination"]


def test_hot_and_cold_differ_in_their_queue_and_their_pace_alone() -> None:
    named = {name: json.dumps(one.properties) for name, one in LAMBDAS.items()}
    for hot in ("create_hot_offer", "assign_hot_points"):
        cold = hot.replace("hot", "cold")
        assert named[hot].replace("hot", "cold").replace("Hot", "Cold") == named[cold]
    one, other = (LAMBDAS[f"on_{speed}_offer_requested"].properties for speed in ("hot", "cold"))
    assert {name for name in one if one[name] != other[name]} == {"Environment", "Timeout", "Policies", "Events"}
    # An erasure that takes long, and a test clock, go on with a message of their own; only the cold queue has those.
    hot_ones, cold_ones = ({*each["Environment"]["Variables"]} for each in (one, other))
    assert cold_ones - hot_ones == {"QUEUE_URL"} > hot_ones - cold_ones


def test_the_stream_is_filtered_to_what_ttl_removed() -> None:
    source = LAMBDAS["on_deadline_passed"].properties["Events"]["Removed"]["Properties"]
    (pattern,) = source["FilterCriteria"]["Filters"]
    assert json.loads(pattern["Pattern"]) == {
        "eventName": ["REMOVE"],
        "userIdentity": {"type": ["Service"], "principalId": ["dynamodb.amazonaws.com"]},
        "dynamodb": {"Keys": {"sk": {"S": [{"prefix": "DEADLINE#"}, {"prefix": "2"}]}}},
    }


def test_the_feed_is_filtered_to_what_is_new_in_a_journal_and_the_stream_has_two_readers() -> None:
    source = LAMBDAS["on_record_written"].properties["Events"]["Written"]["Properties"]
    pattern, changed = source["FilterCriteria"]["Filters"]
    budget = keys.budget("b", "c", "0").sk
    assert json.loads(changed["Pattern"]) == {"eventName": ["MODIFY"], "dynamodb": {"Keys": {"sk": {"S": [budget]}}}}
    assert json.loads(pattern["Pattern"]) == {
        "eventName": ["INSERT"],
        "dynamodb": {
            "Keys": {
                "sk": {"S": ["EVENT", {"prefix": keys.RECORDS}, {"prefix": keys.REMINDERS}, {"prefix": keys.SPENT}]}
            }
        },
    }
    readers = [name for name, one in LAMBDAS.items() if "Stream" in json.dumps(one.properties.get("Events", {}))]
    assert len(readers) <= 2, "DynamoDB throttles a third"


def test_the_versions_of_a_batch_differ_in_their_routes_and_in_the_field_that_names_the_customer() -> None:
    v3, v4 = (LAMBDAS[name].properties for name in ("track_event_v3", "track_events"))
    assert {name for name in v4 if v3[name] != v4[name]} == {"Environment", "Events"}
    assert LAMBDAS["track_event_v3"].constants["CUSTOMER_FIELD"] == "playerUniqueId"
    assert LAMBDAS["track_events"].constants["CUSTOMER_FIELD"] == "customerId"


def test_every_environment_variable_of_the_template_is_a_setting_and_the_other_way_round() -> None:
    variables = {name for one in LAMBDAS.values() for name in one.variables} - {"PYDANTIC_DISABLE_PLUGINS"}
    assert {name.lower() for name in variables} == set(Settings._fields)


# Each function in a process forked from one that has loaded what they all need of others, which takes a second.
_FORKS = """
import gc, json, os, sys
import aws_lambda_powertools.utilities.batch, boto3, pydantic.json_schema, pydantic.types, simplejson
gc.disable()
layer, *folders = sys.argv[1:]
for folder in folders:
    if not os.fork():
        sys.path[:0] = [layer, folder]
        import handler
        print(json.dumps([os.path.basename(folder), *sys.modules]), flush=True)
        os._exit(0)
    if os.wait()[1]:
        sys.exit(f"{folder} cannot be imported")
"""


@cache
def _loaded() -> dict[str, frozenset[str]]:
    """By folder, the modules that are loaded when its function has been imported, third parties aside."""
    command = [sys.executable, "-c", _FORKS, str(LAYER), *(str(ROOT / "functions" / folder) for folder in FOLDERS)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=_environment())
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    return {folder: frozenset(modules) for folder, *modules in rows}


def _environment() -> dict[str, str]:
    return {**os.environ, "TABLE_NAME": "none", "CUSTOMER_FIELD": "customerId"}


@pytest.mark.parametrize("folder", sorted(WITHOUT_PYDANTIC))
def test_a_function_that_validates_nothing_starts_without_pydantic(folder: str) -> None:
    paths = [str(LAYER), str(ROOT / "functions" / folder)]
    script = f"import sys; sys.path[:0] = {paths!r}; import handler; print(*sys.modules)"
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=_environment())
    assert not {"pydantic", "pydantic_core"} & set(done.stdout.split())


@each_folder
def test_only_a_function_that_answers_requests_knows_http(folder: str) -> None:
    assert ("loyalty.http" in _loaded()[folder]) == (folder in {LAMBDAS[function].folder for function in REQUESTS})


@each_folder
def test_a_function_that_needs_no_table_knows_none(folder: str) -> None:
    assert ("loyalty.store.table" in _loaded()[folder]) == (folder not in WITHOUT_A_TABLE)


def test_the_authorizer_knows_nothing_of_events_and_wallets() -> None:
    assert not {one for one in _loaded()["authorize"] if one.startswith("loyalty.domain.")} - {
        "loyalty.domain.program.api_keys",
        "loyalty.domain.errors",
        "loyalty.domain.ids",
        "loyalty.domain.program",
        "loyalty.domain.program.test_clock",
        "loyalty.domain.times",
    }


@pytest.mark.parametrize("folder", ["authorize", "emit_event", "on_deadline_passed", "on_offer_requested"])
def test_a_start_does_not_look_for_garbage(folder: str) -> None:
    paths = [str(LAYER), str(ROOT / "functions" / folder)]
    count = "sum(one['collections'] for one in gc.get_stats())"
    script = f"import gc, sys; sys.path[:0] = {paths!r}; before = {count}; import handler; print({count} - before)"
    names = dict.fromkeys(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "TABLE_NAME", "QUEUE_URL"), "none")
    environment = {**os.environ, **names, "AWS_LAMBDA_FUNCTION_NAME": "function", "AWS_DEFAULT_REGION": "eu-west-1"}
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, env=environment)
    assert int(done.stdout) < 5, "the layer raises the collector's threshold before anything else"
