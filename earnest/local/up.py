"""`earnest up`: starts the stack on one machine, serves it, and stops all of it."""

import json
import os
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from types import FrameType
from typing import NoReturn

from botocore.exceptions import BotoCoreError, ClientError

from earnest.commands.create_brand import use_table
from earnest.errors import CommandError
from earnest.files import write_atomically
from earnest.local import change_log, demo, deploy
from earnest.local.change_log import ChangeLog
from earnest.local.deploy import Deployed
from earnest.local.engine import HOST, REGION, Engine, running
from earnest.local.home import Home, exclusive
from earnest.local.outbox import Outbox
from earnest.local.progress import say, step
from earnest.local.ttl import TtlEmulator
from earnest.paths import ROOT
from earnest.template import ttl_attribute

_POLL_SECONDS = 1.0  # between two rounds of the TTL service


class _Stopped(BaseException):
    """A signal asked this process to stop."""


def run_stack(home: Home, port: int, *, fresh: bool) -> None:
    """Start the stack, print how to use it, and serve until Ctrl-C, a SIGTERM or a closed terminal.

    Raises CommandError if the stack cannot start or does not keep running; everything started is stopped before.
    """
    with exclusive(home) as lock, _stoppable():
        try:
            _check_environments()
            _use_local_aws(port)
            if fresh and home.state.exists():
                shutil.rmtree(home.state)
            deploy.undo_interrupted(home)
            unsaved = change_log.needs_replay(home)
            with running(home, port, lock) as engine:
                deployed, changes = _bring_up(home, engine, unsaved=unsaved)
                _print_usage(home, deployed.base_url(engine))
                _serve(home, engine, deployed, changes)
        except _Stopped:
            say("Stopped; `make run` goes on from here, `make run STATE=fresh` begins anew.")
        finally:
            home.connection_file.unlink(missing_ok=True)


@contextmanager
def _stoppable() -> Iterator[None]:
    """Raise _Stopped at the first SIGINT, SIGTERM or SIGHUP; further ones are ignored during the clean-up."""
    stop_signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def stop(_number: int, _frame: FrameType | None) -> NoReturn:
        for number in stop_signals:
            signal.signal(number, signal.SIG_IGN)
        raise _Stopped

    before = {number: signal.signal(number, stop) for number in stop_signals}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _check_environments() -> None:
    for name in ("engine", "sam", "uv"):
        if not (ROOT / f".local/{name}/bin/python").exists():
            raise CommandError(f".local/{name} is missing: `make run` (or bin/setup dev engine sam) makes it.")


def _use_local_aws(port: int) -> None:
    """Replace the caller's AWS settings in this process and its children, so that none reaches a real account."""
    for name in [name for name in os.environ if name.startswith("AWS_") and name != "AWS_CA_BUNDLE"]:
        del os.environ[name]
    os.environ |= {
        "AWS_ENDPOINT_URL": f"http://{HOST}:{port}",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",  # nosec B105 - the engine takes any
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    for name in ("NO_PROXY", "no_proxy"):
        os.environ[name] = ",".join(filter(None, [os.environ.get(name), HOST, "localhost"]))


def _bring_up(home: Home, engine: Engine, *, unsaved: bool) -> tuple[Deployed, ChangeLog]:
    """Deploy what has changed, and create what is missing. Raises CommandError, with what to do next."""
    try:
        return _deploy_and_create(home, engine, unsaved=unsaved)
    except (ClientError, BotoCoreError) as error:
        engine.check_alive()
        raise CommandError(
            f"The engine did not do what it was asked: {' '.join(str(error).split())} Its log is {engine.log}. "
            "The machine may be too busy: run the same command again, it goes on from here."
        ) from error


def _deploy_and_create(home: Home, engine: Engine, *, unsaved: bool) -> tuple[Deployed, ChangeLog]:
    source_hash = deploy.source_hash()
    deployed = deploy.current(engine, source_hash)
    if deployed is None:
        with step("Building the functions and layers (sam build)"):
            deploy.build(home, source_hash)
        with step("Deploying template.yaml (sam deploy)"):
            deployed = deploy.deploy(home, engine, source_hash)
    write_atomically(home.deployed, json.dumps(asdict(deployed), indent=2) + "\n")
    changes = ChangeLog(engine, deployed.table, home.change_log)
    if unsaved:
        with step("Restoring what the last run had no time to save"):
            changes.replay()
    use_table(deployed.table)
    base_url = deployed.base_url(engine)
    if demo.is_complete(engine):
        demo.check(home, engine, base_url)
    else:
        os.environ["QUEUE_URL"] = deploy.outputs(engine)["HotRequestsUrl"]
        demo.create(home, engine, base_url)
    return deployed, changes


def _print_usage(home: Home, base_url: str) -> None:
    keys = demo.keys(home)
    brands = {brand_id: {"brand_id": brand_id, "admin_key": key} for brand_id, key in keys.items()}
    write_atomically(home.connection_file, json.dumps({"base_url": base_url, "brands": brands}, indent=2) + "\n")
    say(f"\nEarnest serves at {base_url}\n  the console: {base_url}/\n  every call explained: {base_url}/docs")
    for brand_id, key in keys.items():
        say(f"  brand {brand_id:6} key {key}")
    say("\nA purchase, the wallet after it, a purchase that waits for its fulfilment, an offer, and those there are:\n")
    for line in curl_lines(base_url, keys["demo"]):
        say(line)
    say(f"\nAll of this is in {_short(home.connection_file)}, logs in {_short(home.logs)}. Ctrl-C stops everything.")


def curl_lines(base_url: str, key: str) -> list[str]:
    """Return calls to try, with a brand's key."""
    auth = f"-H 'Authorization: Bearer {key}'"
    emit = f"curl -sS '{base_url}/behavior/events' {auth} -H 'Content-Type: application/json'"
    bought = {"customer_id": "ana", "brand_id": "demo", "type": "PURCHASE", "order": {"value": 25}}
    held = {**bought, "fulfilled": False, "reserve": 2}
    days = {"startDate": "2026-01-01", "endDate": "2099-12-31"}
    offer = {"userId": "ana", "source": "me", "reference": "By hand", "configId": "free-coffee", "ruleParams": days}
    return [
        f"{emit} -d '{json.dumps(bought)}'",
        f"curl -sS '{base_url}/customers/ana/wallet' {auth}",
        f"{emit} -d '{json.dumps(held)}'",
        f"curl -sS '{base_url}/bulk-action/hot/create-offer' -H 'x-api-key: {key}' -d '{json.dumps(offer)}'",
        f"curl -sS '{base_url}/customers/ana/offers' {auth}",
    ]


def _short(path: Path) -> Path:
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def _serve(home: Home, engine: Engine, deployed: Deployed, changes: ChangeLog) -> NoReturn:
    ttl = TtlEmulator(engine, deployed, ttl_attribute(), Outbox.load(home.outbox))
    ttl.load_expiries()
    while True:
        engine.check_alive()
        try:
            for key, item in changes.follow():
                ttl.update(key, item)
            ttl.sweep()
        except (ClientError, BotoCoreError) as error:
            say(f"{error}; trying again.")
        time.sleep(_POLL_SECONDS)
