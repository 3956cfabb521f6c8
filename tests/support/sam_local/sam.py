"""`sam local` on the built template, as people call it, with containers that reach the stack of the tests."""

import json
import os
import subprocess
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import yaml

from earnest.local import deploy, processes
from earnest.local.engine import REGION, Engine
from tests.support.project import ROOT, lambdas, template
from tests.support.sam_local.docker import Network, docker
from tests.support.stack import free_port

_INVOKE_SECONDS = 300
_START_SECONDS = 60.0
# What SAM calls an image to which it has added layers.
_WITH_LAYERS = "samcli/lambda-python"


@dataclass(frozen=True)
class Sam:
    """Where `sam local` finds what it needs."""

    engine: Engine
    network: Network
    image: str
    built: Path
    folder: Path

    def invoke(self, function: str, table: str) -> Any:
        """What one of the template's functions answers to its sample, on that table."""
        variables = self._variables({function: table})
        command = self._command(variables, "invoke", lambdas()[function].logical_id)
        event = ["--event", str(ROOT / "events" / f"{function}.json")]
        done = subprocess.run(
            [*command, *event],
            capture_output=True,
            text=True,
            env=_environment(),
            cwd=self.folder,
            check=False,
            timeout=_INVOKE_SECONDS,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    @contextmanager
    def with_layers(self) -> Iterator["Sam"]:
        """The same with an image that has the layers: the one that SAM has just made, for the first call.

        For each call SAM would pack the layers anew and have that image made of them once more: half of the call.
        """
        template = yaml.safe_load(self.built.read_text(encoding="utf-8"))
        del template["Globals"]["Function"]["Layers"]
        assert not [one for one in template["Resources"].values() if "Layers" in one.get("Properties", {})]
        built = self.built.with_name("local-without-layers.yaml")
        built.write_text(yaml.safe_dump(template, sort_keys=False), encoding="utf-8")
        # SAM adds its emulator to an image once and for all, so each has a name of its own.
        name = f"earnest/with-layers-{uuid.uuid4().hex[:8]}"
        newest, *_ = docker("images", "--quiet", _WITH_LAYERS).split()
        docker("tag", newest, f"{name}:latest")
        try:
            yield replace(self, image=f"{name}:latest", built=built)
        finally:
            for made in docker("images", "--format", "{{.Repository}}:{{.Tag}}", name).split():
                docker("rmi", "--force", made)

    @contextmanager
    def invoking(self, tables: Mapping[str, str]) -> Iterator[Callable[[str], Any]]:
        """What these functions, each on its table, answer to their samples: `sam local start-lambda` while it lasts.

        Each call is a container of its own, as with `sam local invoke`; the template is read once for all of them.
        """
        with self._started("start-lambda", self._variables(tables)) as client:

            def invoke(function: str) -> Any:
                event = (ROOT / "events" / f"{function}.json").read_bytes()
                name = lambdas()[function].logical_id
                return client.post(f"/2015-03-31/functions/{name}/invocations", content=event).json()

            yield invoke

    @contextmanager
    def api(self, table: str) -> Iterator[httpx.Client]:
        """`sam local start-api` on that table while the context lasts, its containers kept between requests."""
        variables = self._variables(dict.fromkeys(lambdas(), table))
        with self._started("start-api", variables, "--warm-containers", "LAZY") as client:
            yield client

    @contextmanager
    def _started(self, verb: str, variables: Path, *options: str) -> Iterator[httpx.Client]:
        port = free_port()
        command = [*self._command(variables, verb), "--port", str(port), *options]
        log = self.folder / f"{verb}.log"
        process = processes.start(command, _environment(), log, self.folder)
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=_INVOKE_SECONDS, trust_env=False) as client:
                for _ in processes.poll(0.2, _START_SECONDS):
                    assert process.poll() is None, processes.tail(log)
                    if _listens(client):
                        break
                yield client
        finally:
            processes.stop(process, patience=30)

    def _command(self, variables: Path, verb: str, *function: str) -> list[str]:
        options = {
            "--config-env": "local",
            "--template": str(self.built),
            "--parameter-overrides": f"Architecture={deploy.architecture()}",
            "--region": REGION,
            "--env-vars": str(variables),
            "--docker-network": self.network.name,
            "--invoke-image": self.image,
            "--layer-cache-basedir": str(self.folder),
        }
        chosen = [word for option in options.items() for word in option]
        return [str(ROOT / ".local/sam/bin/sam"), "local", verb, *function, *chosen, "--skip-pull-image"]

    def _variables(self, tables: Mapping[str, str]) -> Path:
        """A file with what the environment of functions names: their tables, and queues and a bus for each table."""
        path = self.folder / f"{uuid.uuid4().hex}.json"
        found = {
            lambdas()[function].logical_id: {
                variable: self._named(value, table) for variable, value in lambdas()[function].variables.items()
            }
            for function, table in tables.items()
        }
        known = {name: {variable: text for variable, text in one.items() if text} for name, one in found.items()}
        path.write_text(json.dumps(known))
        return path

    def _named(self, value: dict[str, Any] | str, table: str) -> str | None:
        """What a variable's value refers to, made if need be; None if it is no resource, which SAM knows by itself."""
        if isinstance(value, str):
            return None
        if "Fn::If" in value:  # the stack's own table, or another one
            return table
        target, _, attribute = (value.get("Ref") or value["Fn::GetAtt"]).partition(".")
        kind = template()["Resources"].get(target, {}).get("Type")
        name = f"{table}-{target}"
        if kind == "AWS::DynamoDB::Table":
            return table
        if kind == "AWS::SQS::Queue":
            url: str = _client(self.engine, "sqs").create_queue(QueueName=name)["QueueUrl"]
            return name if attribute == "QueueName" else url
        if kind == "AWS::Events::EventBus":
            events = _client(self.engine, "events")
            if name not in [bus["Name"] for bus in events.list_event_buses()["EventBuses"]]:
                events.create_event_bus(Name=name)
            return name
        assert target.startswith("AWS::") or target in template()["Parameters"], (
            f"{value} is of a kind that has to be made here"
        )
        return None


@cache
def _client(engine: Engine, service: str) -> Any:
    return engine.client(service)


def _environment() -> dict[str, str]:
    """Nothing of the caller's account: SAM would look for it, and hand its credentials to the containers."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return {
        **kept,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "SAM_CLI_TELEMETRY": "0",
    }


def _listens(client: httpx.Client) -> bool:
    try:
        client.get("/no-such-route")
    except httpx.ConnectError:
        return False
    return True
