"""Commands that read and settle, on functions in this process; a wallet that is not its ledger's sum is found out."""

import contextlib
import re
import sys
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner

from earnest.commands import cli
from earnest.commands.client import ApiClient, Connection, Response
from earnest.commands.settle import Target
from loyalty.domain.customers.identities import Identities
from loyalty.store.customers import load_customer, save_profile
from tests.support.backend import Backend
from tests.support.builders import must
from tests.support.stream import written

LISTS = {
    "events": "list_events",
    "explanation": "explain_event",
    "transactions": "list_transactions",
    "wallet": "get_wallet",
}


class InProcess(ApiClient):
    """A stack whose calls are answered by the functions themselves."""

    def __init__(self, backend: Backend) -> None:
        super().__init__(Connection("http://nowhere", "ek", "demo"))
        self.backend = backend

    def send(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """Ask the function that the path leads to."""
        assert (method, body, headers) == ("GET", None, None)
        *_, customer, what = path.split("/")
        if path == "/reports/points":
            with contextlib.redirect_stdout(sys.stderr):
                answer = self.backend.call("get_points_report", query=dict(query or {}))
            return Response(answer.status, answer.headers, answer.body)
        function, of = ("find_customers", None) if what == "customers" else (LISTS[what], {"id": customer})
        with contextlib.redirect_stdout(sys.stderr):  # where the functions log to is what the command prints on
            answer = self.backend.call(function, path=of, query=dict(query or {}))
        return Response(answer.status, answer.headers, answer.body)


@pytest.fixture(autouse=True)
def _in_process(backend: Backend, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "_stack", lambda *_: InProcess(backend))


def verify(*customers: str) -> tuple[int, str]:
    """The exit code, and what it says; the functions' own log is elsewhere."""
    done = CliRunner().invoke(cli.app, ["verify", *customers])
    return done.exit_code, done.stdout


def with_a_thousand_more_of(customer_id: str) -> None:
    """Let one of several lots become a thousand larger."""
    before = must(load_customer("demo", customer_id))
    key, lot = next(iter(before.wallet.lots.items()))
    lots = {**before.wallet.lots, key: lot._replace(amount=lot.amount + Decimal(1000))}
    tampered = replace(before, version=before.version + 1, wallet=replace(before.wallet, lots=lots))
    save_profile(tampered, before, Identities(), {}, {})


def with_a_thousand_more(customer_id: str) -> None:
    """Let a lot of points become a thousand larger, and nobody note why."""
    before = must(load_customer("demo", customer_id))
    ((key, lot),) = before.wallet.lots.items()
    lots = {key: lot._replace(amount=lot.amount + Decimal(1000))}
    tampered = replace(before, version=before.version + 1, wallet=replace(before.wallet, lots=lots))
    save_profile(tampered, before, Identities(), {}, {})


def test_a_wallet_that_was_tampered_with_differs_from_its_ledger(backend: Backend) -> None:
    backend.emit("ana")
    backend.spend(30, "ana")
    backend.emit("luis")
    assert verify("ana", "luis") == (0, "ana: equal (2 lines)\nluis: equal (1 line)\n")
    with_a_thousand_more("ana")
    assert verify("ana", "luis") == (
        1,
        "ana: DIFFERS (2 lines)\n"
        "  points, available: the wallet has 1070, its lines come to 70\n"
        "  points of point-a-dollar, until 2027-03-11T00:00:00.000Z: the wallet has 1070, its lines come to 70\n"
        "luis: equal (1 line)\n",
    )


def said(*command: str) -> tuple[int, str]:
    """The exit code of a command, and what it says, its columns parted by one blank."""
    done = CliRunner().invoke(cli.app, list(command))
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    problem = [line for line in done.stderr.splitlines() if not line.startswith("{")]  # the functions log there
    lines = done.stdout.strip().splitlines() or problem
    return done.exit_code, "\n".join(" ".join(line.split()) for line in lines)


def test_a_wallet_is_shown_with_its_lots(backend: Backend) -> None:
    backend.emit("ana")
    backend.emit("ana", fulfilled=False, order={"value": 50})
    assert said("wallet", "ana") == (
        0,
        "reward available reserved pending next end\n"
        "points 100 0 50 2027-03-11T00:00:00.000Z\n"
        "\n"
        "reward amount campaign earned ends\n"
        "points 100 point-a-dollar 2026-03-10T12:00:00.000Z 2027-03-11T00:00:00.000Z",
    )
    code, problem = said("wallet", "nobody")
    assert code == 1
    assert "404 UserNotFoundError" in problem


def test_a_customers_last_events_are_explained_newest_first(backend: Backend) -> None:
    events = [backend.emit("ana").data["id"] for _ in range(3)]
    code, shown = said("explain", "--customer", "ana", "--last", "2")
    assert code == 0
    assert [event for line in shown.splitlines() for event in events if event in line] == [events[2], events[1]]
    assert said("explain", events[0])[1].startswith(f"Event {events[0]}")
    for wrong in ((), (events[0], "--customer", "ana")):
        assert said("explain", *wrong) == (
            1,
            "Which event? Give its id, or --customer and the id of who it happened to.",
        )


def test_what_is_overdue_is_settled_by_a_command(
    backend: Backend, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    held = backend.emit("ana", fulfilled=False).data["id"]
    backend.emit("luis")
    backend.wait(days=400)
    monkeypatch.setattr("earnest.commands.settle.now", lambda: backend.now)
    monkeypatch.setattr(cli, "use_stack", lambda *_: Target(backend.table, None, None))
    monkeypatch.setattr(cli, "table_client", lambda: backend.client)
    asked = ("settle", "--home", str(tmp_path), "--at-once", "1")  # moto is for one thread
    with backend.nothing_changes():
        assert said(*asked, "--dry-run") == (0, "Overdue: 1 event and 2 customers.")
    code, done = said(*asked)
    assert code == 0, done
    # If the event is settled first, its customer has been settled with it.
    customers = r"(1 customer|2 customers)"
    assert re.search(rf"Settled: 1 event and {customers}\. 0 reports of the stream answered\.$", done.rstrip()), done
    assert backend.call("get_event", path={"id": held}).data["status"] == "EXPIRED"
    assert backend.ledger("luis")[-1] == ("EXPIRATION", -100)
    with backend.nothing_changes():
        assert said(*asked)[1] == "Settled: 0 events and 0 customers. 0 reports of the stream answered."
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("identity", ["ANA@example.com", "+49 171 1234567"])
def test_a_customer_is_found_by_what_identifies_them(backend: Backend, identity: str) -> None:
    body = {"customerId": "ana", "events": {"visit": {}}, "email": "ana@example.com", "mobile": "+491711234567"}
    assert backend.call("track_events", body, headers={}).status == 200
    assert said("customers", "find", identity) == (
        0,
        "id e-mail mobile other ids first seen\nana ana@example.com +491711234567 2026-03-10T12:00:00.000Z",
    )


def test_an_identity_of_nobody_and_one_that_is_none_are_a_line(backend: Backend) -> None:
    assert said("customers", "find", "ben@example.com") == (1, "ben@example.com belongs to no customer.")
    code, problem = said("customers", "find", "0000000000")
    assert code == 1
    assert "400 ValidationError: mobile: must" in problem


def counted_of(backend: Backend, customer: str) -> None:
    """Let the feed tell of the events of a customer."""
    events = [one["id"] for one in backend.everything("list_events", customer)]
    with contextlib.redirect_stdout(sys.stderr):
        backend.run("on_record_written", written(*((f"BRAND#demo#EVENT#{one}", "EVENT") for one in events)))


def size(pixels: int) -> bytes:
    """A width or a height as PNG has it."""
    return pixels.to_bytes(4, "big")


def test_a_report_is_shown_and_drawn(backend: Backend, tmp_path: Path) -> None:
    backend.emit("ana")
    backend.spend(30, "ana")
    counted_of(backend, "ana")
    picture = tmp_path / "points.svg"
    days = ("--from", "2026-03-01", "--to", "2026-03-31")
    assert said("report", *days, "--plot", str(picture)) == (
        0,
        "reward period granted adjusted redeemed expired reversed outstanding\n"
        "points 2026-03-10 100 0 30 0 0\n"
        "points now 70\n"
        "\n"
        "campaign reward granted redeemed\n"
        "point-a-dollar points 100 30",
    )
    drawn = ElementTree.fromstring(picture.read_text())
    assert len([one for one in drawn.iter() if one.tag.endswith("}title")]) == 3
    picture = picture.with_suffix(".png")
    assert said("report", *days, "--plot", str(picture))[0] == 0
    header = picture.read_bytes()[:24]
    assert (header[:8], header[16:20], header[20:24]) == (b"\x89PNG\r\n\x1a\n", size(1920), size(760))
    code, problem = said("report", *days, "--plot", str(tmp_path / "points.pdf"))
    assert (code, "svg" in problem) == (1, True)
    code, problem = said("report", "--from", "2026-03-02", "--to", "2026-03-01")
    assert (code, "400 ValidationError" in problem) == (1, True)


def test_a_brand_is_verified_from_its_table(backend: Backend, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "use_stack", lambda *_: Target(backend.table, None, None))
    monkeypatch.setattr(cli, "table_client", lambda: backend.client)
    backend.emit("ana")
    held = backend.emit("ana", fulfilled=False, redeem=[{"id": "points", "amount": 30}]).data["id"]
    assert backend.call("fulfill_event", None, path={"id": held}).status == 200
    assert said("verify", "--brand", "demo") == (
        1,
        "demo: DIFFERS (1 wallet, 3 records)\n"
        "points, outstanding: reports have 0, the table comes to 170\n"
        "points, granted: reports have 0, the table comes to 200\n"
        "points, redeemed: reports have 0, the table comes to -30",
    )
    assert said("verify", "--brand", "demo", "--repair")[0] == 1
    assert said("verify", "--brand", "demo") == (0, "demo: equal (1 wallet, 3 records)")
    (reward,) = backend.call("get_points_report").data["rewards"]
    assert (reward["outstanding"], reward["periods"][0]["granted"]) == (170, 200)
    backend.emit("luis")
    backend.emit("luis", fulfilled=False, redeem=[{"id": "points", "amount": 10}])
    _, differs = said("verify", "--brand", "demo")
    assert "points, held: reports have 0, the table comes to 10\n" in differs
    assert "open holds: reports have 0, the table comes to 1\n" in differs
    counted_of(backend, "luis")
    assert said("verify", "--brand", "demo") == (0, "demo: equal (2 wallets, 5 records)")
    with_a_thousand_more_of("ana")
    assert "outstanding: reports have 270, the table comes to 1270" in said("verify", "--brand", "demo")[1]
    assert said("verify", "--brand", "nobodys")[0] == 1
    assert "Verify what?" in said("verify")[1]
