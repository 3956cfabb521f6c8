"""The stack that template.yaml becomes: expanded by the SAM that deploys it, which has an environment of its own."""

import json
import subprocess
from collections.abc import Mapping
from copy import deepcopy
from functools import cache
from typing import Any

from tests.support.project import ROOT, resources, template

PYTHON = ROOT / ".local" / "sam" / "bin" / "python"

_EXPAND = """
import json, sys
from samtranslator.translator.transform import transform
json.dump(transform(json.load(sys.stdin), {}, None), sys.stdout)
"""


@cache
def expanded(changed: str = "", table: str = "1", **parameters: str) -> Mapping[str, Any]:
    """The resources that CloudFormation is given, by logical id; code and layers are as if uploaded.

    The content of the resource `changed` is another than otherwise; the number of the table is that in the description
    of the layer; `parameters` are in the place of their defaults.
    """
    assert PYTHON.exists(), "`bin/setup sam` makes the environment of SAM"
    whole = deepcopy(dict(template()))
    for name, resource in whole["Resources"].items():
        for place in ("CodeUri", "ContentUri"):
            if place in resource.get("Properties", {}):
                resource["Properties"][place] = {"Bucket": "artifacts", "Key": f"{name} {name == changed}"}
    layer = whole["Resources"]["LoyaltyLayer"]["Properties"]
    layer["Description"] = layer["Description"].replace("table 1", f"table {table}")
    for name, value in parameters.items():
        whole["Parameters"][name]["Default"] = value
    done = subprocess.run(
        [PYTHON, "-c", _EXPAND],
        input=json.dumps(whole),
        capture_output=True,
        text=True,
        check=False,
        env={"AWS_DEFAULT_REGION": "us-east-1"},
    )
    assert done.returncode == 0, done.stderr
    found: Mapping[str, Any] = json.loads(done.stdout)["Resources"]
    return found


def _leading_keys(statement: Mapping[str, Any]) -> set[str] | None:
    """The patterns that every partition key of a request must match under a statement; None if any may be touched."""
    if "Condition" not in statement:
        return None
    condition = statement["Condition"]
    # "All of them match" holds of no keys as well, so there have to be some.
    assert condition["Null"] == {"dynamodb:LeadingKeys": "false"}
    assert set(condition) == {"ForAllValues:StringLike", "Null"}
    return set(condition["ForAllValues:StringLike"]["dynamodb:LeadingKeys"])


def boundary() -> tuple[set[str], set[str]]:
    """What the boundary lets functions do to the table, and the leading keys that they may touch at most."""
    (policy,) = resources("AWS::IAM::ManagedPolicy").values()
    others, streams, items = policy["PolicyDocument"]["Statement"]
    assert others == {"Effect": "Allow", "NotAction": "dynamodb:*", "Resource": "*"}
    assert {action for action in streams["Action"] if action.endswith("Item") or action in ("Query", "Scan")} == set()
    assert (items["Effect"], items["Resource"]) == ("Allow", {"Fn::GetAtt": "TableArn.Value"})
    return set(items["Action"]), _leading_keys(items) or set()


def may_touch(name: str) -> dict[str, set[str]]:
    """The leading keys that a deployed function may touch, by action: its own policy within its boundary."""
    role = expanded()[f"{name}Role"]["Properties"]
    allowed: dict[str, set[str]] = {}
    for policy in role.get("Policies", ()):
        for statement in policy["PolicyDocument"]["Statement"]:
            for action in statement["Action"]:
                if action.startswith("dynamodb:"):
                    allowed.setdefault(action, set()).update(_leading_keys(statement) or {"*"})
    if role["PermissionsBoundary"] == {"Ref": "AWS::NoValue"}:
        return allowed
    assert role["PermissionsBoundary"] == {"Ref": "BrandItemsOnly"}
    actions, keys = boundary()
    assert set(allowed) <= actions, f"{name}: the boundary allows no {set(allowed) - actions}"
    return {action: keys if own == {"*"} else own & keys for action, own in allowed.items()}
