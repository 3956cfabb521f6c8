"""Leave in botocore and boto3 only what they know of the services that the layer's functions call.

botocore reads all of endpoints.json, 1.25 MB, when it makes its first client: that is a sixth of a function's start.
Then it reads the model of the client's service, most of which is the documentation of operations, a twentieth.
"""

import gzip
import json
import shutil
import sys
from pathlib import Path


def main(layer: Path, services: set[str]) -> None:
    """Trim the packages in this folder."""
    missing = services - {folder.name for folder in (layer / "botocore" / "data").iterdir()}
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
    for model in (layer / "botocore" / "data").glob("*/*/service-2.json.gz"):
        described = json.loads(gzip.decompress(model.read_bytes()))
        model.write_bytes(gzip.compress(_compact(_without_documentation(described)).encode(), mtime=0))


def _without_documentation(model: object) -> object:
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
    main(Path(sys.argv[1]), set(sys.argv[2:]))
