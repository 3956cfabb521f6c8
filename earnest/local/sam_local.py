"""Rewrites the built template for `sam local`: `python -m earnest.local.sam_local BUILT_TEMPLATE [ENDPOINT]`.

`sam local` knows no alias of a function, so it would leave out every authorizer; `--env-vars` gives values only to
variables that the template has, which has no address of a local engine; and it hands over path parameters decoded.
"""

import sys
from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

import yaml


def for_sam_local(built: Mapping[str, Any], endpoint: str | None) -> dict[str, Any]:
    """Return the template with authorizers that are functions, decoded paths, and the address of an engine if any."""
    template: dict[str, Any] = deepcopy(dict(built))
    for resource in template["Resources"].values():
        for authorizer in resource.get("Properties", {}).get("Auth", {}).get("Authorizers", {}).values():
            name = authorizer["FunctionArn"]["Ref"].removesuffix(".Alias")
            authorizer["FunctionArn"] = {"Fn::GetAtt": [name, "Arn"]}
    template["Parameters"]["PathParameters"]["Default"] = "decoded"
    if endpoint:
        template["Globals"]["Function"]["Environment"]["Variables"]["AWS_ENDPOINT_URL"] = endpoint
    return template


def write(built: Path, endpoint: str | None = None) -> Path:
    """Write it beside the built one, whose paths it keeps, as `local.yaml`; return where."""
    template = for_sam_local(yaml.safe_load(built.read_text(encoding="utf-8")), endpoint)
    path = built.with_name("local.yaml")
    path.write_text(yaml.safe_dump(template, sort_keys=False), encoding="utf-8")
    return path


if __name__ == "__main__":
    write(Path(sys.argv[1]), *sys.argv[2:])
