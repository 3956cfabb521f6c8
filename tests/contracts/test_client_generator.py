"""A client that a published generator makes of the description: nothing is left out, and every error has its type."""

import json
import subprocess
from pathlib import Path

import pytest

from earnest import openapi
from tests.support.project import ROOT
from tests.support.published import codes, operations

BIN = ROOT / ".local" / "clients" / "bin"

# Prints the type that the client gives to an answer of each kind.
_PARSE = """
import importlib, json, sys
import httpx
for section, function, status, code in json.load(sys.stdin):
    body = {"statusCode": status, "code": code, "message": "no", "details": {"fields": []}, "requestId": "r"}
    module = importlib.import_module(f"earnest_client.api.{section}.{function}")
    print(type(module._parse_response(client=None, response=httpx.Response(status, json=body))).__name__)
"""


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a client that has just been generated; fails if the generator had to leave anything out."""
    assert BIN.exists(), "`bin/setup clients` makes the environment of the generator"
    folder = tmp_path_factory.mktemp("client") / "made"
    command = [str(BIN / "openapi-python-client"), "generate", "--path", str(openapi.PUBLISHED)]
    done = subprocess.run(
        [*command, "--output-path", str(folder)], capture_output=True, text=True, check=False, env={"PATH": str(BIN)}
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "WARNING" not in done.stdout, done.stdout
    return folder


def test_every_error_is_one_of_its_own_type(client: Path) -> None:
    cases = [
        (operation["tags"][0].lower().replace(" ", "_"), function, status, code)
        for function, operation in operations().items()
        for status, found in codes(function).items()
        for code in found
    ]
    assert {404, 422, 429} < {status for _, _, status, _ in cases}
    done = subprocess.run(
        [BIN / "python", "-c", _PARSE], input=json.dumps(cases), capture_output=True, text=True, check=False, cwd=client
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [code for *_, code in cases]


def test_every_operation_has_typed_models_of_what_it_takes_and_answers(client: Path) -> None:
    package = client / "earnest_client"
    made = {path.stem for path in (package / "api").rglob("*.py")}
    assert {operation["operationId"] for operation in operations().values()} <= made
    for name in ("EmitEventRequest", "EventDataResponse", "Campaign", "InsufficientBalanceError"):
        assert f"import {name}\n" in (package / "models" / "__init__.py").read_text()
