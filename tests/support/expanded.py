"""The stack that template.yaml becomes: expanded by the SAM that deploys it, which has an environment of its own."""

import json
import subprocess
from collections.abc import Mapping
from copy import deepcopy
from functools import cache
from typing import Any

from tests.support.project import ROOT, template

PYTHON = ROOT / ".local" / "sam" / "bin" / "python"

_EXPAND = """
import json, sys
from samtranslator.translator.transform import transform
json.dump(transform(json.load(sys.stdin), {}, None), sys.stdout)
"""


@cache
def expanded(changed: str = "") -> Mapping[str, Any]:
    """The resources that CloudFormation is given, by logical id; code and layers are as if uploaded.

    The content of the resource `changed` is another than otherwise.
    """
    assert PYTHON.exists(), "`bin/setup sam` makes the environment of SAM"
    whole = deepcopy(dict(template()))
    for name, resource in whole["Resources"].items():
        for place in ("CodeUri", "ContentUri"):
            if place in resource.get("Properties", {}):
                resource["Properties"][place] = {"Bucket": "artifacts", "Key": f"{name} {name == changed}"}
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
