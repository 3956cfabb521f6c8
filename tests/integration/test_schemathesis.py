"""The deployed stack held against the description it publishes, by requests that schemathesis makes up."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from earnest import openapi
from tests.support.figures import FIGURES, Record
from tests.support.project import LONG, ROOT
from tests.support.published import description
from tests.support.stack import Stack

PROGRAM = ROOT / ".local" / "fuzz" / "bin" / "st"
CONFIG = Path(__file__).with_name("schemathesis.toml")
PATIENCE_SECONDS = 1800 if LONG else 240

# After a key that is no good the engine starts its function anew, a second or two: whether a route can do without its
# key is asked in the long form alone, and by test_access.py always.
LEFT_OUT = [] if LONG else ["--exclude-checks", "ignored_auth"]
# Who lists the keys and revokes what it finds revokes its own, and is told 401 from then on; whoever erases a customer
# is told 503 about them until that is done. So both go by themselves.
KEPT = ["--exclude-operation-id", "revoke_key", "--exclude-operation-id", "erase_customer"]
ALONE = "--include-operation-id"


def _with_fields_of_another() -> Iterator[str]:
    """Operations whose body has the fields of one that is asked for: older routes, twins, and whole campaigns."""
    known = {"TrialRequest", "ProgramSettings"}
    for operation in (one for path in description()["paths"].values() for one in path.values()):
        if body := operation.get("requestBody"):
            model = body["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
            if model in known:
                yield operation["operationId"]
            known.add(model)


# Half of all requests, on the same models. All of them are sent samples and what is made up.
SAME_FIELDS = [] if LONG else [word for name in _with_fields_of_another() for word in ("--exclude-operation-id", name)]
RUNS = {
    "samples": ["--phases", "examples", *KEPT],
    "each bound of each field": ["--phases", "coverage", "--workers", "2", *KEPT, *SAME_FIELDS],
    "revoking keys, erasing": [
        *("--phases", "examples,coverage,fuzzing", "--max-examples", "400" if LONG else "50"),
        *(ALONE, "revoke_key", ALONE, "erase_customer"),
    ],
    "anything, and one call after another": [
        *("--phases", "fuzzing,stateful", "--max-examples", "400" if LONG else "6"),
        *KEPT,
    ],
}


@pytest.mark.parametrize("run", RUNS)
def test_no_request_is_answered_otherwise_than_described(
    stack: Stack, tmp_path: Path, run: str, record_property: Record
) -> None:
    key = stack.card["brands"]["demo"]["admin_key"]
    report = tmp_path / "report.json"
    options = [*RUNS[run], *LEFT_OUT, "--continue-on-failure", "--seed", "1", "--report-json-path", str(report)]
    command: list[str | Path] = [
        PROGRAM,
        "--config-file",
        CONFIG,
        "--no-color",
        "run",
        f"{stack.card['base_url']}/openapi.json",
    ]
    forms = (f"Authorization: Bearer {key}", f"APIKey: {key}", f"x-api-key: {key}")
    headers = [word for form in forms for word in ("--header", form)]
    done = subprocess.run(
        [*command, "--url", stack.card["base_url"], *headers, *options],
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        cwd=tmp_path,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (cases,) = re.findall(r"^Test cases:\n  (\d+ generated, \d+ passed.*)$", done.stdout, re.MULTILINE)
    record_property(FIGURES, f"schemathesis, {run}: {cases}")
    assert json.loads(report.read_text())
    others = len(list(openapi.routes())) - 1
    asked = options.count(ALONE) or others - options.count("--exclude-operation-id")
    assert f"{asked} selected / {others} total" in done.stdout, "all but the description itself"


def test_what_is_published_is_what_is_committed(stack: Stack) -> None:
    answer = httpx.get(f"{stack.card['base_url']}/openapi.json", trust_env=False, timeout=60)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == description()
