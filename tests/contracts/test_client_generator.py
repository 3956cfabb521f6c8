"""The clients in clients/: what is generated is of today's description, complete and typed, and both can be packed."""

import importlib
import json
import shutil
import subprocess
import zipfile
from pathlib import Path

import httpx
import pytest

from earnest import clients
from earnest_client import EarnestClient
from earnest_client.generated import models
from tests.support.documentation import PAGES, blocks
from tests.support.project import ROOT
from tests.support.published import codes, operations
from tests.support.typescript import check, compiled, run

PYTHON = ROOT / "clients" / "python"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of what has just been generated; fails if a generator had to leave anything out."""
    folder = tmp_path_factory.mktemp("clients")
    clients.generate(folder)
    return folder


def _files(place: Path) -> dict[str, bytes]:
    found = [place] if place.is_file() else [path for path in place.rglob("*") if path.is_file()]
    return {str(path.relative_to(place)): path.read_bytes() for path in found if path.suffix != ".pyc"}


@pytest.mark.parametrize("name", clients.GENERATED)
def test_what_is_committed_is_what_is_generated(made: Path, name: str) -> None:
    fresh, committed = _files(made / name), _files(ROOT / "clients" / name)
    assert fresh
    assert fresh.keys() == committed.keys(), "`make clients` generates them anew"
    stale = [file for file in fresh if fresh[file] != committed[file]]
    assert not stale, "`make clients` generates them anew"


def test_every_error_is_one_of_its_own_type() -> None:
    cases = [
        (operation["tags"][0].lower().replace(" ", "_"), function, status, code)
        for function, operation in operations().items()
        for status, found in codes(function).items()
        for code in found
    ]
    assert {404, 422, 429} < {status for _, _, status, _ in cases}
    client, parsed = EarnestClient("https://stack", "ek"), []
    for section, function, status, code in cases:
        body = {"statusCode": status, "code": code, "message": "no", "details": {"fields": []}, "requestId": "r"}
        module = importlib.import_module(f"earnest_client.generated.api.{section}.{function}")
        error = module._parse_response(client=client, response=httpx.Response(status, json=body))
        assert error.to_dict() == body
        parsed.append(type(error).__name__)
    assert parsed == [code for *_, code in cases]


def test_every_operation_has_typed_models_of_what_it_takes_and_answers() -> None:
    made = {path.stem for path in (PYTHON / "earnest_client" / "generated" / "api").rglob("*.py")}
    assert {operation["operationId"] for operation in operations().values()} <= made
    assert {"EmitEventRequest", "EventDataResponse", "Campaign", "InsufficientBalanceError"} <= set(models.__all__)


def test_the_python_client_can_be_installed(tmp_path: Path) -> None:
    # A copy, because packing leaves its traces where it packs.
    source = shutil.copytree(
        PYTHON, tmp_path / "source", ignore=shutil.ignore_patterns("__pycache__", "build", "*.egg-info")
    )
    environment = ROOT / ".local" / "clients"
    uv = [str(ROOT / ".local" / "uv" / "bin" / "uv"), "--no-config", "--offline"]
    pack = ["build", "--quiet", "--wheel", "--no-build-isolation", "--python", str(environment / "bin" / "python")]
    done = subprocess.run(
        [*uv, *pack, "--out-dir", str(tmp_path), str(source)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert packed == {name for name in _files(source) if name.startswith("earnest_client/")}
    assert "earnest_client/py.typed" in packed


def test_the_typescript_client_has_strict_types_and_does_what_its_tests_say() -> None:
    with compiled() as built:
        said = run("node", "--test", "--test-reporter=tap", str(built / "test" / "client.test.js"))
    assert "\n# fail 0\n" in said
    assert "\n# pass 0\n" not in said


def test_what_the_pages_show_of_the_typescript_client_has_strict_types() -> None:
    shown = [block for page in PAGES for block in blocks(page, "ts")]
    assert len(shown) == 2
    check(*shown)


def test_the_typescript_client_can_be_packed() -> None:
    (pack,) = json.loads(run("npm", "pack", "--dry-run", "--json", "--silent"))
    modules = {f"dist/{name}.{kind}" for name in ("index", "operations") for kind in ("js", "d.ts")}
    assert {one["path"] for one in pack["files"]} == modules | {"dist/schema.d.ts", "package.json", "README.md"}
