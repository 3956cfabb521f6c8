"""The stack itself: it says why it cannot start, keeps its state, and leaves nothing behind."""

import shutil
import socket
import subprocess
import time
from pathlib import Path

import httpx
import pytest

from tests.support.project import ROOT
from tests.support.stack import Stack, balance, processes_of


def one_line(stack: Stack, *options: str) -> str:
    done = subprocess.run(stack.command(*options), capture_output=True, text=True, timeout=60, cwd=ROOT, check=False)
    assert done.returncode == 1
    (line,) = done.stderr.strip().splitlines()
    return line


def test_a_second_copy_is_refused_in_one_line(stack: Stack) -> None:
    assert "already runs" in one_line(stack)


def test_a_taken_port_is_refused_in_one_line(stack: Stack) -> None:
    second = Stack(stack.home.with_name("second"))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", second.port))
        taken.listen()
        assert f"Port {second.port}" in one_line(second)


def test_a_missing_python_is_refused_in_one_line(tmp_path: Path) -> None:
    for folder in ("bin", "requirements"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    tools = tmp_path / "tools"
    tools.mkdir()
    for tool in ("bash", "cat", "cksum", "dirname", "flock", "grep", "mkdir", "rm", "sort", "tail"):
        found = shutil.which(tool)
        if found:
            (tools / tool).symlink_to(found)
    done = subprocess.run(
        [tools / "bash", "bin/setup", "dev"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={"PATH": str(tools), "HOME": str(tmp_path)},
        check=False,
    )
    assert done.returncode == 1
    (line,) = done.stderr.strip().splitlines()
    assert line.startswith("Earnest needs Python 3.13")


def test_it_listens_on_loopback_only(stack: Stack) -> None:
    listening = [
        line.split()[1]
        for table in ("tcp", "tcp6")
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]
        if line.split()[3] == "0A"
    ]
    assert [address for address in listening if address.endswith(f":{stack.port:04X}")] == [
        f"0100007F:{stack.port:04X}"
    ]


def test_a_restart_keeps_the_state_and_leaves_no_process(stack: Stack, customer: str) -> None:
    body = {"brand_id": "demo", "customer_id": customer, "type": "PURCHASE", "metadata": {"pay": 11}}
    with stack.client() as api:
        assert api.post("/behavior/events", json=body).status_code == 201
        before = api.get("/customers/ana/wallet").json()
    assert stack.stop() == 0
    time.sleep(0.5)
    assert processes_of(stack.home) == []
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://127.0.0.1:{stack.port}/", trust_env=False)
    assert not (stack.home / "stack.json").exists()
    stack.start()
    with stack.client() as api:
        assert balance(api, customer)["available"] == 11
        assert api.get("/customers/ana/wallet").json() == before


@pytest.mark.parametrize("phase", ["sam build", "Demo brand demo"])
def test_ctrl_c_while_it_comes_up_leaves_nothing_behind(stack: Stack, phase: str) -> None:
    interrupted = Stack(stack.home.with_name(f"interrupted-{phase.replace(' ', '-')}"))
    if phase != "sam build":  # what is built already is not built again
        shutil.copytree(stack.home / "build", interrupted.home / "build", dirs_exist_ok=True)
    try:
        said = interrupted.interrupt_at(phase)
    finally:
        interrupted.kill()
    assert said.rstrip().endswith("`make run STATE=fresh` begins anew.")
    assert "Traceback" not in said
    assert processes_of(interrupted.home) == []
    assert not (interrupted.home / "scratch").exists()
    assert not (interrupted.home / "stack.json").exists()
    shutil.rmtree(interrupted.home)
