"""`make invoke` and `make api-local`: the functions of the stack that runs, in containers, on its table."""

import json
import os
import signal
import subprocess
from pathlib import Path

import httpx

from earnest.local import processes
from earnest.local.containers import LABEL
from tests.support.project import ROOT
from tests.support.sam_local.docker import docker
from tests.support.sam_local.image import runtime_image
from tests.support.stack import Stack, free_port

SECONDS = 300.0


def test_make_invoke_calls_one_function_on_the_table_of_the_stack(
    stack: Stack, api: httpx.Client, tmp_path: Path
) -> None:
    event = json.loads((ROOT / "events" / "emit_event.json").read_text())
    event["headers"] |= {"Idempotency-Key": "in-a-container"}
    body = {"customer_id": "invoked", "brand_id": "demo", "type": "PURCHASE", "metadata": {"pay": 7}}
    chosen = tmp_path / "event.json"
    chosen.write_text(json.dumps({**event, "body": json.dumps(body)}))

    done = subprocess.run(
        [*_make("invoke", stack), "FUNCTION=EmitEvent", f"EVENT={chosen}"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
        timeout=SECONDS,
    )

    assert done.returncode == 0, done.stderr
    stored = json.loads(json.loads(done.stdout)["body"])["data"]
    assert api.get(f"/behavior/events/{stored['id']}").json()["data"] == stored
    assert _networks() == []


def test_make_invoke_says_which_functions_there_are(stack: Stack) -> None:
    done = subprocess.run(
        [*_make("invoke", stack), "FUNCTION=EmitEvents"], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert done.returncode != 0
    assert "template.yaml has no function EmitEvents; it has AdvanceTestClock" in done.stderr
    assert "Traceback" not in done.stderr


def test_make_api_local_serves_the_table_of_the_stack_until_ctrl_c(
    stack: Stack, api: httpx.Client, tmp_path: Path
) -> None:
    port = free_port()
    log = tmp_path / "api.log"
    process = processes.start(_make("api-local", stack, f"--port {port}"), os.environ, log, ROOT)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=SECONDS, trust_env=False) as contained:
            for _ in processes.poll(0.5, SECONDS):
                assert process.poll() is None, processes.tail(log)
                if "Running on" in log.read_text():
                    break
            answer = contained.get("/brand", headers={"Authorization": api.headers["Authorization"]})
        assert answer.json() == api.get("/brand").json(), processes.tail(log)
        os.killpg(process.pid, signal.SIGINT)
        process.wait(SECONDS)
    finally:
        processes.stop(process, patience=60)
    assert _networks() == []


def _make(target: str, stack: Stack, more: str = "") -> list[str]:
    options = f"--home {stack.home} --skip-pull-image --invoke-image {runtime_image()} {more}"
    return ["make", "--no-print-directory", target, f"ARGS={options}"]


def _networks() -> list[str]:
    """The docker networks that are left of this checkout; another one may have its own meanwhile."""
    found = docker("network", "ls", "--format", "{{.Name}}", "--filter", f"label={LABEL}={ROOT}")
    return found.split()
