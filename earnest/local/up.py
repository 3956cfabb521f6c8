"""The stack on one machine, from nothing to serving and back to nothing."""

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
from earnest.errors import Refusal
from earnest.files import write_whole
from earnest.local import change_log, demo, deploy
from earnest.local.change_log import Journal
from earnest.local.deploy import Deployed
from earnest.local.engine import HOST, REGION, Engine, running
from earnest.local.home import Home
from earnest.local.lock import only_copy
from earnest.local.outbox import Outbox
from earnest.local.progress import say, step
from earnest.local.ttl import Ttl
from earnest.paths import ROOT
from earnest.template import ttl_attribute

_PULSE = 1.0  # seconds between two looks at what is past its TTL


class _Stopped(BaseException):
    """Somebody asked us to stop: Ctrl-C, or a polite kill."""


def up(home: Home, port: int, *, fresh: bool) -> None:
    """Start everything, say how to use it, and serve until Ctrl-C, a SIGTERM or a closed terminal.

    Raises Refusal if something is missing, taken or refused; whatever was started is gone by then.
    """
    with only_copy(home) as lock, _stoppable():
        try:
            _check_environments()
            _use_local_aws(port)
            if fresh and home.state.exists():
                shutil.rmtree(home.state)
            deploy.undo_interrupted(home)
            unsaved = change_log.is_needed(home)
            with running(home, port, lock) as engine:
                deployed, changes = _bring_up(home, engine, unsaved=unsaved)
                _say_how(home, deployed.base_url(engine))
                _serve(home, engine, deployed, changes)
        except _Stopped:
            say("Stopped; `make run` goes on from here, `make run STATE=fresh` begins anew.")
        finally:
            home.card.unlink(missing_ok=True)


@contextmanager
def _stoppable() -> Iterator[None]:
    """Turn the signals that ask us to end into _Stopped, once; while we clean up they are not heard."""
    asking = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def stop(_number: int, _frame: FrameType | None) -> NoReturn:
        for number in asking:
            signal.signal(number, signal.SIG_IGN)
        raise _Stopped

    before = {number: signal.signal(number, stop) for number in asking}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _check_environments() -> None:
    for name in ("engine", "sam", "uv"):
        if not (ROOT / f".local/{name}/bin/python").exists():
            raise Refusal(f".local/{name} is missing: `make run` (or bin/setup dev engine sam) makes it.")


def _use_local_aws(port: int) -> None:
    """Make this process and its children forget the caller's AWS account: nothing here may ever reach it."""
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


def _bring_up(home: Home, engine: Engine, *, unsaved: bool) -> tuple[Deployed, Journal]:
    made_of = deploy.fingerprint()
    deployed = deploy.kept(engine, made_of)
    if deployed is None:
        with step("Building the functions and layers (sam build)"):
            deploy.build(home, made_of)
        with step("Deploying template.yaml (sam deploy)"):
            deployed = deploy.deploy(home, engine, made_of)
    write_whole(home.deployed, json.dumps(asdict(deployed), indent=2) + "\n")
    changes = Journal(engine, deployed.table, home.journal)
    if unsaved:
        with step("Restoring what the last run had no time to save"):
            changes.replay()
    use_table(deployed.table)
    base_url = deployed.base_url(engine)
    if not demo.is_complete(engine):
        with step("Creating two demo brands with their history"):
            demo.create(home, engine, base_url)
    with step("Asking both brands for a sign of life"):
        demo.check(home, base_url)
    return deployed, changes


def _say_how(home: Home, base_url: str) -> None:
    keys = demo.keys(home)
    brands = {brand_id: {"brand_id": brand_id, "admin_key": key} for brand_id, key in keys.items()}
    write_whole(home.card, json.dumps({"base_url": base_url, "brands": brands}, indent=2) + "\n")
    say(f"\nEarnest serves at {base_url}")
    for brand_id, key in keys.items():
        say(f"  brand {brand_id:6} key {key}")
    say("\nA purchase, the wallet after it, a purchase that waits for its fulfilment, an offer, and those there are:\n")
    for line in _curl_lines(base_url, keys["demo"]):
        say(line)
    say(f"\nAll of this is in {_short(home.card)}, logs in {_short(home.logs)}. Ctrl-C stops everything.")


def _curl_lines(base_url: str, key: str) -> list[str]:
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


def _serve(home: Home, engine: Engine, deployed: Deployed, changes: Journal) -> NoReturn:
    ttl = Ttl(engine, deployed, ttl_attribute(), Outbox.at(home.outbox))
    ttl.look_through()
    while True:
        engine.check_alive()
        try:
            for key, item in changes.follow():
                ttl.notice(key, item)
            ttl.sweep()
        except (ClientError, BotoCoreError) as error:
            say(f"{error}; trying again.")
        time.sleep(_PULSE)
