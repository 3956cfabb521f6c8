"""`earnest import balances.csv`, interrupted twice and run twice, while the workers of the queue are killed.

Whatever happens on the way, the books are those of the file, to the unit, and nobody is told. The long form has 100,000
customers, or as many as PROVE_SIZE says.
"""

import csv
import os
import random
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from itertools import batched
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from earnest.commands.verify_brand import verify_brand
from loyalty import receivers
from loyalty.domain.events.replay import replay
from loyalty.domain.money import ZERO
from loyalty.domain.times import format_instant
from loyalty.store.customers import customer_in, journal_record_in
from loyalty.store.table import Item, from_wire
from tests.support.api import Api, function
from tests.support.figures import FIGURES, Progress, Record, Say
from tests.support.http_backend import HttpApi, serving
from tests.support.killing import BATCH, Queue, Workers, carry_out_all
from tests.support.project import CONTEXT, LONG, ROOT, SIZE
from tests.support.stream import written
from tests.support.tables import Store

CUSTOMERS = SIZE or (100_000 if LONG else 200)
WORKERS, KILLS = (2, 100) if LONG else (2, 4)
INTERRUPTED_AT = (0.3, 0.6)
WRONG = 3
# As the file spells an end, and the end.
ENDS = {
    "2098-12-31": "2099-01-01T00:00:00.000Z",
    "2099-06-30T22:00:00Z": "2099-06-30T22:00:00.000Z",
    "2099-07-01T00:00:00+02:00": "2099-06-30T22:00:00.000Z",
    "2099-09-30t12:00:00.5z": "2099-09-30T12:00:00.500Z",
    "": None,
}
NEVER = "9"

Lots = defaultdict[tuple[str, str | None], Decimal]
"""Amounts by reward and end; without an end also what is owed, below zero."""


@dataclass
class Book:
    """What a file says: rows by customer, and who is found by which address."""

    balances: defaultdict[str, list[tuple[str, Decimal, str | None]]] = field(
        default_factory=lambda: defaultdict[str, list[tuple[str, Decimal, str | None]]](list)
    )
    owners: dict[str, str] = field(default_factory=dict)

    def add(self, writer: Any, customer: str, balance: tuple[str, str, str], *profile: str) -> None:
        """A row: reward, amount and end as they are spelled; e-mail, mobile, a tag."""
        writer.writerow([customer, *balance, *profile])
        reward, amount, end = balance
        self.balances[customer].append((reward, Decimal(amount.strip()), ENDS[end]))

    def credited(self) -> Lots:
        """The sums of what is brought along, as it stands in the file."""
        sums = Lots(Decimal)
        for balances in self.balances.values():
            for reward, amount, end in balances:
                sums[reward, end] += max(amount, ZERO)
        return sums

    def held(self, customer: str) -> tuple[Lots, dict[str, Decimal]]:
        """What a customer then has by reward and end, and owes by reward: a debt takes first what ends soonest."""
        lots, debts = Lots(Decimal), dict[str, Decimal]()
        for reward, amount, end in self.balances[customer]:
            if amount > 0:
                lots[reward, end] += amount
        for reward, amount, _ in self.balances[customer]:
            if amount < 0:
                left = -amount
                for lot in sorted((one for one in lots if one[0] == reward), key=lambda one: one[1] or NEVER):
                    taken = min(left, lots[lot])
                    lots[lot] -= taken
                    left -= taken
                debts[reward] = debts.get(reward, ZERO) + left
        return _without_zeros(lots), _without_zeros(debts)


def _without_zeros[D: dict[Any, Decimal]](amounts: D) -> D:
    for one in [one for one, amount in amounts.items() if not amount]:
        del amounts[one]
    return amounts


def wrote(file: Path, dice: random.Random) -> Book:
    """A file of so many customers, some of whose rows stand at its end, and what it says."""
    book = Book()
    ends = [*ENDS]
    with file.open("w", newline="", encoding="utf-8") as to:
        writer = csv.writer(to)
        columns = ("customer_id", "reward_id", "amount", "expiration_date", "email", "mobile", "tags.vip")
        writer.writerow(columns)
        ids = [f"Zoë {number} ü" if number % 50 == 0 else f"customer-{number}" for number in range(CUSTOMERS)]
        for number, one in enumerate(ids):
            email, mobile = f"Guest.{number}@Example.COM", f"+49 151 {20_000_000 + number}"
            profile = [email if number % 2 else "", mobile if number % 3 == 0 else "", "true" if number % 5 else ""]
            amount = dice.choice(
                (str(dice.randint(1, 9999)), f"{dice.randint(1, 99)}.00", "1.5E+2", f" +{number + 1} ")
            )
            book.add(writer, one, ("points", amount, dice.choice(ends)), *profile)
            book.owners |= {value: one for value in (email.lower() * (number % 2), mobile.replace(" ", "")) if value}
            if number % 3:
                del book.owners[mobile.replace(" ", "")]
        for number, one in enumerate(ids):
            if number % 4 == 0:
                book.add(
                    writer, one, ("stars", f"{dice.randint(1, 99_999)}.{dice.randint(1, 99):02}", dice.choice(ends))
                )
            if number % 7 == 0:
                book.add(writer, one, ("points", f"-{dice.randint(1, 2000)}", ""))
        for number in range(WRONG):
            writer.writerow([f"wrong-{number}", "points", ("1,5", "0.5", "1")[number], ("", "", "2020-01-01")[number]])
    return book


@pytest.mark.usefixtures("quiet")
def test_what_is_imported_twice_is_what_the_file_says_whatever_is_killed_meanwhile(
    store: Store,
    api: Api,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    record_property: Record,
    say: Say,
    progress: Progress,
) -> None:
    file, said = tmp_path / "balances.csv", tmp_path / "said"
    book = wrote(file, random.Random(7))
    monkeypatch.setattr(receivers, "resolve", lambda *_: ["93.184.215.14"])
    assert api.put_reward("stars", decimals=2).status == 200
    hooks = {"url": "https://hooks.example.com/", "events": ["*"]}
    assert api.call("put_webhook", hooks, path={"id": "all"}).status == 200
    with serving(HttpApi(api)) as stack:
        queue, done = Queue(store.carrier.messages), list[Workers]()
        environment = {**store.engine.environment, "TABLE_NAME": store.name, "SAID_IN": str(said)}
        doomed = min(0.5, 2 * KILLS * BATCH / CUSTOMERS)
        at_work = Thread(
            target=lambda: done.append(carry_out_all(queue, environment, WORKERS, KILLS, doomed=doomed)), daemon=True
        )
        at_work.start()
        command = Command(file, stack.base_url, api.brand, say)
        try:
            began = time.monotonic()
            for share in INTERRUPTED_AT:
                assert "Interrupted." in command.run(1, interrupted_after=int(share * CUSTOMERS))
            first = command.run(2)
            first_took = time.monotonic() - began
            second = command.run(2)
            second_took = time.monotonic() - began - first_took
        finally:
            queue.closed.set()
            at_work.join()
    for printed in (first, second):
        assert f"{CUSTOMERS} credited, 0 failed, 0 still wait" in printed
        assert f"{WRONG} rejected" in printed
    assert f"{CUSTOMERS} sent ({CUSTOMERS} of them were there already), 0 sent by an earlier run" in second
    assert done[0].killed > 0

    say("Adding up …")
    records = assert_books_are(book, store, api)
    for keys in progress([*batched(records, 50, strict=False)], "batches of 50 records for the feed"):
        assert function("on_record_written").handler(written(*keys), CONTEXT) == {"batchItemFailures": []}
    assert (said.exists(), store.carrier.said, store.carrier.to_webhooks) == (False, [], []), "nothing is announced"
    verified = verify_brand(store.look, store.name, api.brand)
    assert (verified.wallets, verified.records, verified.differences) == (CUSTOMERS, CUSTOMERS, [])
    for value, customer in random.Random(1).sample(sorted(book.owners.items()), 20):
        (found,) = api.call("find_customers", query={"email" if "@" in value else "mobile": value}).data
        assert found["customer_id"] == customer
        api.assert_books_agree(customer)
    record_property(
        FIGURES,
        f"{CUSTOMERS:,} customers, {sum(map(len, book.balances.values())):,} balances, imported in "
        f"{timedelta(seconds=round(first_took))} ({CUSTOMERS / first_took:.0f} a second), interrupted twice; again in "
        f"{timedelta(seconds=round(second_took))} ({CUSTOMERS / second_took:.0f} a second); {queue.delivered:,} "
        f"deliveries, {done[0].killed} workers killed in the middle of a batch; sums differ 0, wallets differ 0, "
        f"addresses not found 0, announced 0",
    )


@dataclass
class Command:
    """`earnest import` of a file, as a process of its own."""

    file: Path
    url: str
    brand: str
    say: Say

    def run(self, exit_code: int, interrupted_after: int | None = None) -> str:
        """What it prints, once it has ended so; interrupted when so many customers are sent, if that is said."""
        words = [
            "import",
            str(self.file),
            "--source",
            "old-shop",
            "--url",
            self.url,
            "--key",
            "k",
            "--brand",
            self.brand,
        ]
        progress = self.file.with_name(f"{self.file.name}.progress")
        before, last = _lines(progress), time.monotonic()
        with subprocess.Popen(
            [sys.executable, "-m", "earnest", *words],
            cwd=ROOT,
            env={**os.environ, "COLUMNS": "250"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            while process.poll() is None:
                sent = _lines(progress)
                if interrupted_after is not None and sent >= interrupted_after:
                    process.send_signal(signal.SIGINT)
                    interrupted_after = None
                if time.monotonic() - last > 10:
                    self.say(
                        f"{sent:,} of {CUSTOMERS:,} sent, {(sent - before) / (time.monotonic() - last):.0f} a second"
                    )
                    before, last = sent, time.monotonic()
                time.sleep(0.02 if CUSTOMERS < 1000 else 0.5)
            assert process.stdout
            printed = process.stdout.read()
        self.say(printed)
        assert process.returncode == exit_code, printed
        return printed


def _lines(file: Path) -> int:
    return file.read_bytes().count(b"\n") if file.exists() else 0


def assert_books_are(book: Book, store: Store, api: Api) -> list[tuple[str, str]]:
    """Wallets, ledgers and addresses of all customers are what the file says; the keys of the journal's records."""
    keys: list[tuple[str, str]] = []
    lots, credited, wanted, owed = Lots(Decimal), Lots(Decimal), Lots(Decimal), ZERO
    owners: dict[str, str] = {}
    of_ledger: dict[str, Any] = {}
    seen: set[str] = set()
    for item in _items(store, api.brand):
        _, _, kind, id_ = str(item["pk"]).split("#")
        if kind == "BY":
            owners[id_] = str(item["customer_id"])
        elif str(item["sk"]).startswith("RECORD#"):
            keys.append((str(item["pk"]), str(item["sk"])))
            record = journal_record_in(1, item)
            of_ledger[id_] = replay([record])
            for entry in record.entries:
                if entry.amount > 0:
                    credited[entry.lot.reward_id, _end(entry.lot.expires_at)] += entry.amount
        elif item["sk"] == "STATE":
            wallet = customer_in(api.brand, id_, item).wallet
            assert wallet == of_ledger.pop(id_), "a wallet is what its ledger says"
            own = Lots(Decimal)
            for lot in wallet.lots.values():
                own[lot.reward_id, _end(lot.expires_at)] += lot.amount
            expected, debts = book.held(id_)
            assert (own, _without_zeros({**wallet.debts})) == (expected, debts)
            _add(lots, own)
            _add(wanted, expected)
            owed += sum(debts.values())
            seen.add(id_)
    assert seen == book.balances.keys()
    assert len(keys) == CUSTOMERS, "each was credited once"
    assert credited == book.credited()
    assert lots == wanted
    everything = sum(amount for balances in book.balances.values() for _, amount, _ in balances)
    assert sum(lots.values()) - owed == everything
    assert owners == book.owners
    return keys


def _add(sums: Lots, more: Lots) -> None:
    for lot, amount in more.items():
        sums[lot] += amount


def _items(store: Store, brand: str) -> Iterator[Item]:
    """Everything below a brand, page by page: those of one customer in the order of their sort keys."""
    pages = store.look.get_paginator("scan").paginate(
        TableName=store.name,
        FilterExpression="begins_with(pk, :customers) OR begins_with(pk, :addresses)",
        ExpressionAttributeValues={
            ":customers": {"S": f"BRAND#{brand}#CUST#"},
            ":addresses": {"S": f"BRAND#{brand}#BY#"},
        },
    )
    for page in pages:
        yield from map(from_wire, page["Items"])


def _end(expires_at: Any) -> str | None:
    return format_instant(expires_at) if expires_at else None
