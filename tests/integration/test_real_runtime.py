"""Every function in Lambda's own runtime client, on the built layers alone: a missing dependency shows here."""

import contextlib
import json
import os
import platform
import shutil
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest

from earnest.template import resources
from tests.support.project import FUNCTIONS, ROOT, lambdas
from tests.support.stack import PLAIN, Stack, free_port

ARCHITECTURE = {"aarch64": "arm64"}.get(platform.machine(), platform.machine())
EMULATOR = ROOT / f".local/sam/lib/python3.13/site-packages/samcli/local/rapid/aws-lambda-rie-{ARCHITECTURE}"
RUNTIME = ("awslambdaric", "runtime_client*.so", "snapshot_restore_py.py")

# Where clients send to and for which region they sign, in several partitions, and with FIPS where there is any.
ENDPOINTS = """
import json, sys
from urllib.parse import parse_qs, urlsplit
sys.path[:0] = json.loads(sys.argv[1])
import boto3, botocore
from botocore.config import Config
calls = {
    "dynamodb": ("query", {"TableName": "a-table"}),  # the layer has no operation that no function calls
    "events": ("list_event_buses", {}),
    "sqs": ("list_queues", {}),
    "sts": ("get_caller_identity", {}),
}
fips = Config(use_fips_endpoint=True)
wanted = [("us-east-1", None), ("eu-west-1", None), ("ap-southeast-5", None), ("cn-north-1", None)]
wanted += [("us-gov-west-1", None), ("us-iso-east-1", None), ("eusc-de-east-1", None), ("us-east-2", fips)]
found = {}
session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test")
for region, config in wanted:
    for service, (call, asked) in calls.items():
        client = session.client(service, region_name=region, config=config)
        url = urlsplit(client.generate_presigned_url(call, asked))
        _, _, *scope = parse_qs(url.query)["X-Amz-Credential"][0].split("/")
        found[f"{service} {region} {'fips' if config else ''}"] = [client.meta.endpoint_url, url.netloc, *scope]
try:
    refusal = str(type(boto3.client("s3", region_name="eu-west-1")))
except botocore.exceptions.UnknownServiceError as error:
    refusal = str(error)
print(json.dumps({"version": botocore.__version__, "endpoints": found, "s3": refusal}))
"""


# One handler after another; that each imports whatever it uses shows when it answers in a runtime of its own.
IMPORTS = """
import importlib, json, os, sys
layers, functions = json.loads(sys.argv[1])
for folder, variables in functions:
    os.environ.update(variables)
    sys.path[:0] = [folder, *layers]
    importlib.import_module("handler")
    del sys.modules["handler"], sys.path[:1 + len(layers)]
sys.path[:0] = layers
from loyalty.store.table import client
client()
print(*{getattr(m, "__file__", None) or "" for m in sys.modules.values()}, sep="\\n")
"""


@cache
def built_resources(build: Path) -> Mapping[str, Any]:
    return resources(build / "template.yaml")


def built(stack: Stack, logical_id: str) -> Path:
    """Where SAM has put a function or a layer; functions that share their code share the place too."""
    build = stack.home / "build" / ARCHITECTURE
    properties = built_resources(build)[logical_id]["Properties"]
    return build / str(properties.get("CodeUri") or properties["ContentUri"])


def layers(stack: Stack) -> list[str]:
    return [str(built(stack, layer) / "python") for layer in ("DependenciesLayer", "LoyaltyLayer")]


def import_path(stack: Stack, function: str) -> list[str]:
    """What a Lambda's sys.path has beside the standard library."""
    return [str(built(stack, lambdas()[function].logical_id)), *layers(stack)]


@pytest.fixture(scope="module")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The runtime interface client, without whatever else is installed beside it."""
    folder = tmp_path_factory.mktemp("runtime")
    packages = Path(sysconfig.get_path("purelib"))
    for pattern in RUNTIME:
        for found in packages.glob(pattern):
            (shutil.copytree if found.is_dir() else shutil.copy)(found, folder / found.name)
    return folder


def test_every_function_imports_from_the_built_layers_alone(stack: Stack) -> None:
    functions = [(str(built(stack, one.logical_id)), dict(one.constants)) for one in lambdas().values()]
    environment = {"TABLE_NAME": "none", "AWS_DEFAULT_REGION": "eu-west-1"}
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", IMPORTS, json.dumps((layers(stack), functions))],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "site-packages" not in done.stdout
    assert str(built(stack, "DependenciesLayer")) in done.stdout


def endpoints(*path: str) -> dict[str, Any]:
    command = [sys.executable, *(("-I", "-S") if path else ("-I",)), "-c", ENDPOINTS, json.dumps(path)]
    environment = {"PATH": os.defpath}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_clients_send_where_they_would_with_all_of_botocores_data(stack: Stack) -> None:
    trimmed, whole = endpoints(str(built(stack, "DependenciesLayer") / "python")), endpoints()
    assert trimmed["version"] == whole["version"]
    assert trimmed["endpoints"] == whole["endpoints"]
    assert "sqs.cn-north-1.amazonaws.com.cn" in trimmed["endpoints"]["sqs cn-north-1 "]
    assert trimmed["s3"].startswith("Unknown service: 's3'. Valid service names are: dynamodb, events, sqs, sts")
    assert "S3" in whole["s3"]


@pytest.fixture(scope="module")
def variables(stack: Stack) -> dict[str, dict[str, str]]:
    """What the stack tells its functions in their environment, by their logical ids."""
    address = f"http://127.0.0.1:{stack.port}"
    client = boto3.client(
        "lambda",
        endpoint_url=address,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    with contextlib.closing(client) as engine:
        pages = engine.get_paginator("list_functions").paginate()
        functions = [one for page in pages for one in page["Functions"]]
    return {one["FunctionName"].split("-")[1]: one["Environment"]["Variables"] for one in functions}


@contextmanager
def emulated(stack: Stack, runtime: Path, function: str, variables: dict[str, str]) -> Iterator[str]:
    """The URL at which the runtime interface emulator invokes one function."""
    invoke, api = free_port(), free_port()
    script = f"import sys; sys.path[:0] = {[*import_path(stack, function), str(runtime)]!r}; " + (
        "from awslambdaric.__main__ import main; main(['', 'handler.handler'])"
    )
    environment = {
        **variables,
        "PATH": os.defpath,
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{stack.port}",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_LAMBDA_FUNCTION_NAME": function,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
        "LAMBDA_TASK_ROOT": str(built(stack, lambdas()[function].logical_id)),
        "_HANDLER": "handler.handler",
    }
    address = f"127.0.0.1:{invoke}"
    emulator = [
        str(EMULATOR),
        "--runtime-interface-emulator-address",
        address,
        "--runtime-api-address",
        f"127.0.0.1:{api}",
    ]
    with subprocess.Popen(
        [*emulator, sys.executable, "-I", "-S", "-c", script],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        try:
            yield f"http://{address}/2015-03-31/functions/function/invocations"
        finally:
            os.killpg(process.pid, 9)


def invoked(url: str, event: dict[str, Any]) -> Any:
    until = time.monotonic() + 30
    with httpx.Client(timeout=60, **PLAIN) as client:
        while True:
            try:
                return client.post(url, json=event).json()
            except httpx.ConnectError:
                assert time.monotonic() < until
                time.sleep(0.02)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_answers_its_sample_in_the_real_runtime(
    stack: Stack, runtime: Path, variables: dict[str, dict[str, str]], function: str
) -> None:
    event = json.loads((ROOT / "events" / f"{function}.json").read_text())
    with emulated(stack, runtime, function, variables[lambdas()[function].logical_id]) as url:
        answer = invoked(url, event)
    if function == "authorize":
        assert answer["errorMessage"] == "Unauthorized"  # the sample's key is nobody's
    elif function.startswith("on_"):
        assert set(answer) == {"batchItemFailures"}
    elif function == "issue_token":
        assert answer["statusCode"] == 503  # the sample's key is not in the list of this stack
    else:
        assert answer["statusCode"] < 500, answer
        assert "errorMessage" not in answer
