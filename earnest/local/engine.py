"""The emulator of AWS that runs the stack on one machine: MiniStack, on loopback, its state kept between runs."""

import os
import shutil
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from earnest.errors import CommandError
from earnest.local import processes
from earnest.local.home import Home
from earnest.local.progress import step
from earnest.paths import ROOT
from earnest.retries import RetryPolicy

HOST = "127.0.0.1"
REGION = "us-east-1"

# The engine writes its port into the queue URLs that it keeps and finds queues by them, so it is always told
# the same one; where it really listens is the server's business, and everybody gets that from AWS_ENDPOINT_URL.
_PORT_IN_NAMES = "4566"

# How long is waited for a process that lives, and may be slow since the machine is busy. One that ends is noticed at
# once, and Ctrl-C ends the waiting.
START_SECONDS = 300.0
STOP_SECONDS = 120.0


@dataclass(frozen=True)
class Engine:
    """A running engine."""

    endpoint: str
    process: processes.Process
    log: Path

    def client(self, service: str, *, once: bool = False) -> Any:
        """Return an AWS client that talks to this engine, and tries again as everything does that waits for it.

        With `once` it does not: for calls whose repetition would be another call, or be answered otherwise.
        """
        return boto3.client(
            service,
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id="test",
            aws_secret_access_key="test",  # noqa: S106  # nosec B106 - the engine takes any
            config=Config(
                retries={"mode": "standard", "total_max_attempts": 1 if once else RetryPolicy().attempts}, proxies={}
            ),
        )

    def check_alive(self) -> None:
        """Raise CommandError if the engine has ended by itself."""
        code = self.process.poll()
        if code is not None:
            raise CommandError(
                f"The engine ended by itself ({code}); its log is {self.log}:\n{processes.tail(self.log)}"
            )


@contextmanager
def running(home: Home, port: int, lock: int) -> Iterator[Engine]:
    """Run an engine on loopback for the time of the block; leaving it saves the state and ends every worker.

    It inherits the file descriptor `lock` and so keeps the lock while it saves, even if this process is killed.
    Raises CommandError if the port is taken or the engine does not come up.
    """
    _check_port_is_free(port)
    if home.scratch.exists():  # a run that was killed left it
        with step("Removing what an earlier run unpacked"):
            shutil.rmtree(home.scratch, ignore_errors=True)
    for folder in (home.scratch, home.engine_state):
        folder.mkdir(parents=True, exist_ok=True)
    endpoint = f"http://{HOST}:{port}"
    log = home.logs / "engine.log"
    process = processes.start(_command(port), _environment(home, endpoint), log, home.folder, inherited=[lock])
    engine = Engine(endpoint, process, log)
    try:
        with step("Starting the engine"):
            _wait_until_healthy(engine)
        yield engine
    finally:
        with step("Stopping the engine, which keeps its state"):
            processes.stop(process, STOP_SECONDS)
        with step("Removing what the functions were unpacked into"):
            shutil.rmtree(home.scratch, ignore_errors=True)


def _command(port: int) -> list[str | Path]:
    python = ROOT / ".local/engine/bin/python"
    # In this very process (0 workers), so that one SIGTERM ends it and saves its state.
    program = Path(__file__).with_name("engine_process.py")
    # -P: what lies beside the program is not what the engine means by such names.
    return [python, "-P", program, "ministack.app:app", "--bind", f"{HOST}:{port}", "--workers", "0"]


def _environment(home: Home, endpoint: str) -> dict[str, str]:
    """Return the whole environment of the engine and its functions: none of the caller's settings or credentials."""
    return {
        "PATH": os.defpath,
        "HOME": str(home.scratch),
        "TMPDIR": str(home.scratch),
        "LANG": "C.UTF-8",
        "GATEWAY_PORT": _PORT_IN_NAMES,
        "PERSIST_STATE": "1",
        "STATE_DIR": str(home.engine_state),
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",  # nosec B105 - the engine takes any
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": HOST,
        "DOCKER_HOST": "unix:///nowhere",  # it looks for one at every start, and nothing here needs it
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def _check_port_is_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except (OSError, OverflowError) as error:
            raise CommandError(f"Port {port} cannot be used ({error.args[-1]}): choose another with PORT=…") from error


def _wait_until_healthy(engine: Engine) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for _ in processes.poll(0.05, START_SECONDS):
        engine.check_alive()
        try:
            with opener.open(f"{engine.endpoint}/_ministack/health", timeout=5):
                return
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            continue
    raise CommandError(
        f"The engine did not answer in {START_SECONDS:.0f} s; its log is {engine.log}. Run the same command again."
    )
