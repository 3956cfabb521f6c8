"""`sam local` against the stack that runs on this machine: its functions in Lambda's own image, on its table."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.parse import urlsplit

import boto3

from earnest.commands.redrive import stack_and_client_options
from earnest.errors import CommandError
from earnest.functions import Function, functions
from earnest.local import deploy, sam_local
from earnest.local.bridge import bridge
from earnest.local.engine import REGION
from earnest.local.home import Home
from earnest.paths import ROOT

LABEL = "earnest.invoke"
"""Which checkout a docker network belongs to."""

_DOCKER_SECONDS = 60

_DEBUGGER = ROOT / ".local/debug/lib/python3.13/site-packages"
_MOUNTED = "/tmp/lambci_debug_files"  # noqa: S108  # nosec B108 - where SAM mounts what --debugger-path names


def run_sam_local(home: Home, verb: str, words: Sequence[str]) -> int:
    """Run `sam local VERB WORDS` with the built template, the stack's own names, and a way to it; its exit code.

    Raises CommandError if no stack runs here, or if docker does not answer.
    """
    stack, options = stack_and_client_options(None, home.connection_file)
    built = home.build / deploy.architecture() / "template.yaml"
    folders = tempfile.TemporaryDirectory(prefix="earnest-sam-local-")
    with _network() as (network, address), _reachable(options["endpoint_url"], address) as endpoint, folders as folder:
        variables = Path(folder) / "variables.json"
        variables.write_text(json.dumps(_variables(stack, options)), encoding="utf-8")
        chosen: list[str | Path] = ["--template", sam_local.write(built, endpoint), "--env-vars", variables]
        chosen += ["--region", REGION, "--parameter-overrides", f"Architecture={deploy.architecture()}"]
        chosen += ["--docker-network", network, "--layer-cache-basedir", Path(folder) / "layers"]
        # The samconfig.toml of a real account has its own answers under "default".
        sam = [ROOT / ".local/sam/bin/sam", "local", verb, *words, "--config-env", "local"]
        command = [str(word) for word in (*sam, *chosen)]
        with _left_to_the_child(signal.SIGINT, signal.SIGTERM, signal.SIGHUP) as forward:
            process = subprocess.Popen(command, env=environment(options["endpoint_url"]))  # noqa: S603  # nosec B603 - sam, no shell
            forward(process)
            return process.wait()


def function_named(logical_id: str) -> Function:
    """The function of that logical id, such as EmitEvent. Raises CommandError, with all there are, if there is none."""
    known = {function.logical_id: function for function in functions().values()}
    if logical_id not in known:
        raise CommandError(f"template.yaml has no function {logical_id}; it has {', '.join(sorted(known))}.")
    return known[logical_id]


def debugger(port: int) -> list[str]:
    """The options of `sam local invoke` with which a function waits for a debugger on this port of loopback.

    Raises CommandError if debugpy is not installed.
    """
    if not (_DEBUGGER / "debugpy").exists():
        raise CommandError("debugpy is missing: `make invoke DEBUG=5890` (or bin/setup debug) installs it.")
    # Frozen modules have no lines to stop at. debugpy runs from its folder, since the image's Python does not have it.
    arguments = f"-Xfrozen_modules=off {_MOUNTED}/debugpy --listen 0.0.0.0:{port} --wait-for-client"
    return ["--debug-port", str(port), "--debugger-path", str(_DEBUGGER), "--debug-args", arguments]


def environment(endpoint: str) -> dict[str, str]:
    """The environment without the caller's AWS account, which SAM would look for and hand to the containers.

    It asks the engine whose credentials these are; without a network, AWS would be asked for eight seconds in vain.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return {
        **kept,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",  # nosec B105 - the engine takes any
        "AWS_ENDPOINT_URL_STS": endpoint,
        "SAM_CLI_TELEMETRY": "0",
    }


def _variables(stack: str, options: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """The environment of each function as it is deployed, by logical id."""
    cloudformation, lambda_ = boto3.client("cloudformation", **options), boto3.client("lambda", **options)
    found = {}
    for page in cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack):
        for resource in page["StackResourceSummaries"]:
            if resource["ResourceType"] == "AWS::Lambda::Function":
                configuration = lambda_.get_function_configuration(FunctionName=resource["PhysicalResourceId"])
                found[resource["LogicalResourceId"]] = configuration.get("Environment", {}).get("Variables", {})
    return found


@contextmanager
def _left_to_the_child(*numbers: signal.Signals) -> Iterator[Callable[[subprocess.Popen[bytes]], None]]:
    """Pass these signals on to a child for the time of the block: it ends in order, and then what is around it."""
    children: list[subprocess.Popen[bytes]] = []

    def pass_on(number: int, _frame: FrameType | None) -> None:
        for child in children:
            child.send_signal(number)

    before = {number: signal.signal(number, pass_on) for number in numbers}
    try:
        yield children.append
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _network() -> Iterator[tuple[str, str]]:
    """A docker network for the time of the block, and this machine's address on it; its containers go with it."""
    if shutil.which("docker") is None or not _docker("info"):
        raise CommandError("Docker does not answer: `sam local` runs the functions in containers. Start docker first.")
    name = f"earnest-{uuid.uuid4().hex[:8]}"
    _docker("network", "create", "--label", f"{LABEL}={ROOT}", name)
    try:
        yield name, _docker("network", "inspect", "--format", "{{(index .IPAM.Config 0).Gateway}}", name)
    finally:
        for container in _docker("ps", "--all", "--quiet", "--filter", f"network={name}").split():
            _docker("rm", "--force", container)
        _docker("network", "rm", name)


@contextmanager
def _reachable(endpoint: str, address: str) -> Iterator[str]:
    """The URL at which containers reach what listens on this machine's loopback, for the time of the block."""
    port = urlsplit(endpoint).port
    assert port
    if sys.platform != "linux":  # Docker Desktop has a name for this machine's loopback
        yield f"http://host.docker.internal:{port}"
        return
    with bridge(address, port) as host:
        yield f"http://{host}"


def _docker(*words: str) -> str:
    """What docker says; nothing if it refuses."""
    docker = shutil.which("docker") or "docker"
    try:
        done = subprocess.run(  # noqa: S603  # nosec B603 - docker, and no shell reads it
            [docker, *words], capture_output=True, text=True, check=False, timeout=_DOCKER_SECONDS
        )
    except subprocess.TimeoutExpired:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
