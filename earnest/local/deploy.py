"""Deploying the real template to the engine: `sam build`, `sam deploy`, gateway responses; skipped if unchanged."""

import hashlib
import json
import os
import platform
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from earnest.files import write_atomically
from earnest.local import gateway, parameters, processes
from earnest.local.engine import REGION, Engine
from earnest.local.home import Home
from earnest.paths import ROOT
from earnest.template import TEMPLATE, TEMPLATES

STACK = "earnest"

_ARTIFACTS = "earnest-artifacts"
_PARAMETER = "deployment"
_SOURCES = ("functions", "layers")
_NEVER_SHIPPED = {"__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache"}


@dataclass(frozen=True)
class Deployed:
    """A deployed stack: the hash of its sources, and the ids of its API, table and function."""

    source_hash: str
    api_id: str
    stage: str
    table: str
    on_deadline_passed: str

    def base_url(self, engine: Engine) -> str:
        """Return the stage's URL, without a slash at the end."""
        return f"{engine.endpoint}/_aws/execute-api/{self.api_id}/{self.stage}"


def architecture() -> str:
    """Return this machine's architecture as the template names it: compiled wheels run on one architecture only."""
    return "arm64" if platform.machine() in {"arm64", "aarch64"} else "x86_64"


def source_hash() -> str:
    """Return a hash of all that decides what is deployed: templates, code, layers, versions of engine and SAM."""
    digest = hashlib.sha256(architecture().encode())
    files = [*TEMPLATES, ROOT / "requirements/engine.txt", ROOT / "requirements/sam.txt"]
    for source in _SOURCES:
        files += sorted(path for path in (ROOT / source).rglob("*") if path.is_file() and _is_shipped(path))
    for path in files:
        content = path.read_bytes()
        digest.update(f"{path.relative_to(ROOT)} {len(content)}\n".encode() + content)
    return digest.hexdigest()


def current(engine: Engine, source_hash: str) -> Deployed | None:
    """Return the deployment that the engine's saved state holds, if its sources were the same as now."""
    stored = parameters.get(engine, _PARAMETER)
    deployed = Deployed(**json.loads(stored)) if stored else None
    return deployed if deployed and deployed.source_hash == source_hash else None


def build(home: Home, source_hash: str) -> None:
    """Run `sam build`, unless the last build had the same sources. Raises CommandError with SAM's words if it fails."""
    stamp = home.build / "source-hash"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == source_hash:
        return
    stamp.unlink(missing_ok=True)
    out, cache = home.build / architecture(), home.build / f"{architecture()}-cache"
    options: list[str | Path] = [
        "--template-file",
        TEMPLATE,
        "--build-dir",
        out,
        "--cache-dir",
        cache,
        "--cached",
        "--parallel",
    ]
    _sam(home, "build", [*options, *_overrides()], {})
    write_atomically(stamp, source_hash)


def undo_interrupted(home: Home) -> None:
    """Restore the state saved before a deployment that was interrupted or failed; call it before the engine starts.

    A half-updated stack can be neither used nor updated, and nobody has written to it since.
    """
    if home.engine_state_backup.exists():
        shutil.rmtree(home.engine_state, ignore_errors=True)
        home.engine_state_backup.rename(home.engine_state)


def deploy(home: Home, engine: Engine, source_hash: str) -> Deployed:
    """Run `sam deploy` against the engine, add the gateway responses that it leaves out, and return the deployment.

    Raises CommandError with SAM's words if it fails.
    """
    _back_up_state(home)
    engine.client("s3").create_bucket(Bucket=_ARTIFACTS)
    options: list[str | Path] = [
        "--template-file",
        home.build / architecture() / "template.yaml",
        "--stack-name",
        STACK,
    ]
    options += ["--s3-bucket", _ARTIFACTS, "--capabilities", "CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
    options += ["--no-confirm-changeset", "--no-fail-on-empty-changeset", "--no-progressbar", *_overrides()]
    _sam(home, "deploy", options, {"AWS_ENDPOINT_URL": engine.endpoint})
    found = outputs(engine)
    stage = found["ApiUrl"].rstrip("/").rsplit("/", 1)[-1]
    gateway.copy_responses(engine, found["ApiId"], stage)
    deployed = Deployed(
        source_hash=source_hash,
        api_id=found["ApiId"],
        stage=stage,
        table=found["TableName"],
        on_deadline_passed=found["OnDeadlinePassedFunctionName"],
    )
    parameters.put(engine, _PARAMETER, json.dumps(asdict(deployed)))
    _drop_backup(home)
    return deployed


def _back_up_state(home: Home) -> None:
    draft = _draft(home)
    shutil.copytree(home.engine_state, draft)
    draft.rename(home.engine_state_backup)


def _drop_backup(home: Home) -> None:
    home.engine_state_backup.rename(_draft(home))
    _draft(home)


def _draft(home: Home) -> Path:
    """Return the path for an unfinished copy, with whatever was there deleted."""
    draft = home.engine_state_backup.with_suffix(".draft")
    if draft.exists():
        shutil.rmtree(draft)
    return draft


def _is_shipped(path: Path) -> bool:
    return _NEVER_SHIPPED.isdisjoint(path.parts)


def _overrides() -> list[str | Path]:
    # The engine routes by the decoded path, and hands over parameters as it has them then. With SnapStart it would
    # start every function at once, right after the deployment: half a minute's work for two cores.
    chosen = {
        "Architecture": architecture(),
        "PathParameters": "decoded",
        "SnapStart": "None",
        "WebhookTargets": "loopback",
    }
    return ["--parameter-overrides", *(f"{name}={value}" for name, value in chosen.items())]


def outputs(engine: Engine) -> dict[str, str]:
    """Return the outputs of the deployed stack."""
    stack = engine.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"][0]
    return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}


def _sam(home: Home, verb: str, options: list[str | Path], more: Mapping[str, str]) -> None:
    sam = ROOT / ".local/sam/bin/sam"
    # The samconfig.toml of a real account has its own answers under "default".
    command = [sam, verb, "--config-env", "local", *options]
    processes.run(command, _environment(home, more), home.logs / f"sam-{verb}.log", ROOT)


def _environment(home: Home, more: Mapping[str, str]) -> dict[str, str]:
    # A make around us must not pass its own flags on to the make that builds a layer.
    inherited = {name: value for name, value in os.environ.items() if name not in {"MAKEFLAGS", "MFLAGS", "MAKELEVEL"}}
    # The first python3.13 on PATH builds the layers, so it has to be one that has pip.
    path = os.pathsep.join([str(ROOT / ".local/uv/bin"), inherited.get("PATH", os.defpath)])
    settings = {"SAM_CLI_TELEMETRY": "0", "ARCHITECTURE": architecture(), "AWS_DEFAULT_REGION": REGION}
    # SAM leaves what it packed behind; the scratch folder goes with the engine.
    return {**inherited, "PATH": path, "TMPDIR": str(home.scratch), **settings, **more}
