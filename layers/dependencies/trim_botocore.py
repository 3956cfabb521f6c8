"""Leave in botocore and boto3 only what they know of the services, and their operations, that the layer's code calls.

botocore reads all of endpoints.json, 1.25 MB, when it makes its first client: that is a sixth of a function's start.
Then it reads the model of the client's service and makes a method of each operation: another twentieth.
"""

import gzip
import json
import shutil
import sys
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any


def main(layer: Path, services: Mapping[str, Collection[str]]) -> None:
    """Trim the packages in this folder to these services and their operations; of none named, to all it has."""
    missing = services.keys() - {folder.name for folder in (layer / "botocore" / "data").iterdir()}
    if missing:
        raise SystemExit(f"botocore has no data of {', '.join(sorted(missing))}.")
    for package in ("botocore", "boto3"):
        for folder in (layer / package / "data").iterdir():
            if folder.is_dir() and folder.name not in services:
                shutil.rmtree(folder)
    endpoints = layer / "botocore" / "data" / "endpoints.json"
    known = json.loads(endpoints.read_text(encoding="utf-8"))
    for partition in known["partitions"]:
        partition["services"] = {name: of for name, of in partition["services"].items() if name in services}
    endpoints.write_text(_compact(known), encoding="utf-8")
    for packed in (layer / "botocore" / "data").glob("*/*/*.json.gz"):
        described = json.loads(gzip.decompress(packed.read_bytes()))
        if packed.name == "service-2.json.gz":
            described = _with_operations(_without_documentation(described), services[packed.parts[-3]])
        packed.with_suffix("").write_text(_compact(described), encoding="utf-8")
        packed.unlink()


def _with_operations(model: dict[str, Any], names: Collection[str]) -> dict[str, Any]:
    """A service's model with these of its operations, and the shapes that they refer to."""
    if not names:
        return model
    if missing := set(names) - model["operations"].keys():
        raise SystemExit(f"botocore has no operation {', '.join(sorted(missing))}.")
    operations = {name: model["operations"][name] for name in sorted(names)}
    shapes: dict[str, Any] = {}
    referred = list(_shapes_of(operations))
    while referred:
        name = referred.pop()
        if name not in shapes:
            shapes[name] = model["shapes"][name]
            referred += _shapes_of(shapes[name])
    return {**model, "operations": operations, "shapes": shapes}


def _shapes_of(described: object) -> Iterator[str]:
    if isinstance(described, dict):
        if isinstance(described.get("shape"), str):
            yield described["shape"]
        described = list(described.values())
    if isinstance(described, list):
        for one in described:
            yield from _shapes_of(one)


def _without_documentation(model: Any) -> Any:
    if isinstance(model, dict):
        # A member of a shape may have that name too; what documents something is a text.
        return {
            name: _without_documentation(of)
            for name, of in model.items()
            if name != "documentation" or not isinstance(of, str)
        }
    return [_without_documentation(one) for one in model] if isinstance(model, list) else model


def _compact(data: object) -> str:
    return json.dumps(data, separators=(",", ":"))


if __name__ == "__main__":
    # Each service is named alone, or with its operations: sqs dynamodb:GetItem,Query
    named = (one.partition(":") for one in sys.argv[2:])
    main(Path(sys.argv[1]), {service: [name for name in of.split(",") if name] for service, _, of in named})
