"""Docker as the tests use it: whether it answers, and a network that nobody else is on."""

import os
import shutil
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import NamedTuple

# `.ci/run` says so: then a docker that does not answer is a failure, not a reason to leave anything out.
REQUIRED = os.environ.get("WITH_DOCKER") == "1"
_SECONDS = 120


class MissingDocker(Exception):
    """Docker does not answer, and somebody counts on it."""


class Network(NamedTuple):
    """A docker network, and this machine's own address on it."""

    name: str
    address: str


@cache
def answers() -> bool:
    """Whether there is a docker that does what it is told."""
    return shutil.which("docker") is not None and succeeds("info", seconds=20)


def succeeds(*words: str, seconds: float = _SECONDS) -> bool:
    """Whether docker does it, within that time."""
    try:
        return subprocess.run(["docker", *words], capture_output=True, check=False, timeout=seconds).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def docker(*words: str, content: bytes | None = None) -> str:
    """What docker says. Fails with its own words if it refuses."""
    done = subprocess.run(["docker", *words], input=content, capture_output=True, check=False, timeout=_SECONDS)
    assert done.returncode == 0, f"docker {words[0]}: {done.stderr.decode().strip()}"
    return done.stdout.decode().strip()


@contextmanager
def network() -> Iterator[Network]:
    """A network while the context lasts; whatever container is left on it then goes with it.

    Raises MissingDocker if docker does not answer.
    """
    if not answers():
        raise MissingDocker("`docker info` fails: these tests run the functions in containers, see tests/sam_local")
    name = f"earnest-{uuid.uuid4().hex[:8]}"
    docker("network", "create", name)
    try:
        yield Network(name, docker("network", "inspect", "--format", "{{(index .IPAM.Config 0).Gateway}}", name))
    finally:
        for left in docker("ps", "--all", "--quiet", "--filter", f"network={name}").split():
            docker("rm", "--force", left)
        docker("network", "rm", name)
