"""The `earnest` command."""

import re
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, ProgressColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from earnest.commands.announce import QUEUE as NOT_ANNOUNCED
from earnest.commands.announce import announce_again, feed_of
from earnest.commands.apply import apply_changes, export_files, plan, read_stack, schema_text
from earnest.commands.client import ApiClient, Connection, path_of
from earnest.commands.clock import clock_in_words, move_clock, read_clock
from earnest.commands.create_brand import create_brand_with_key, use_table
from earnest.commands.doctor import Mark, Patient, connection_of, examine
from earnest.commands.explain import explanation_tree
from earnest.commands.import_balances import Columns, await_traces
from earnest.commands.import_balances import target as balances
from earnest.commands.import_events import EVENTS, RULE, Import, Target
from earnest.commands.import_events import history as events_of_long_ago
from earnest.commands.ledger import ExportSource, TableSource, export_ledger
from earnest.commands.ledger_files import format_of, ledger_file
from earnest.commands.logs import of_function, read_logs, shown
from earnest.commands.redrive import redrive_queues
from earnest.commands.report import COLUMNS as REPORT_COLUMNS
from earnest.commands.report import campaign_rows, fetch_report
from earnest.commands.report import plot as draw
from earnest.commands.report import plot_png as draw_png
from earnest.commands.report import rows as report_rows
from earnest.commands.settle import Settlement, acknowledge, use_stack
from earnest.commands.show_item import read_item, to_json
from earnest.commands.smoke import Smoke
from earnest.commands.verify import verify_wallet
from earnest.commands.verify_brand import verify_brand
from earnest.errors import CommandError
from earnest.files import write_atomically
from earnest.local.containers import debugger, function_named, run_sam_local
from earnest.local.home import Home
from earnest.local.up import run_stack
from earnest.paths import ROOT
from loyalty import json as exact
from loyalty.domain.errors import LoyaltyError
from loyalty.store.keys import Key as ItemKey
from loyalty.store.table import client as table_client

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

Url = Annotated[str | None, typer.Option(envvar="EARNEST_URL", help="The stack's base URL; default: this machine's.")]
Key = Annotated[str | None, typer.Option(envvar="EARNEST_KEY", help="An API key of the brand.")]
Brand = Annotated[str | None, typer.Option(envvar="EARNEST_BRAND", help="The brand that the key is of.")]

_PORT = 8787
_BRAND_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


@app.callback()
def earnest() -> None:
    """Earnest: a loyalty backend that pays what it promised."""


@app.command()
def up(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Where on 127.0.0.1 to serve.")] = _PORT,
    home: Annotated[Path, typer.Option(help="Where the stack keeps what it keeps.")] = ROOT / ".local",
    *,
    fresh: Annotated[bool, typer.Option("--fresh", help="Forget what the last run kept.")] = False,
) -> None:
    """Run the whole stack on this machine until Ctrl-C."""
    with _errors_in_one_line():
        run_stack(Home(home.resolve()), port, fresh=fresh)


@app.command()
def create_brand(
    brand_id: Annotated[str, typer.Argument(help="The new brand's id; an existing brand keeps its settings.")],
    name: Annotated[str, typer.Option(help="What people call it.")],
    table: Annotated[
        str | None, typer.Option(help="The deployed table: the stack's output TableName; default: this machine's.")
    ] = None,
    key_name: Annotated[str, typer.Option(help="What the key is for.")] = "Admin",
    *,
    sandbox: Annotated[bool, typer.Option("--sandbox", help="One to test with, which has a clock of its own.")] = False,
) -> None:
    """Create a brand and an admin key, in a deployed table with the AWS credentials and region of your environment.

    The key is printed once and stored nowhere. Whether a brand is one to test with cannot be changed later.
    """
    with _errors_in_one_line():
        if not _BRAND_ID.fullmatch(brand_id):
            raise CommandError("A brand's id is 1 to 64 letters, digits, - and _: it becomes part of its keys.")
        if table is None:
            use_stack(None, Home(ROOT / ".local").connection_file)
        else:
            use_table(table)
        typer.echo(create_brand_with_key(brand_id, name, key_name, sandbox=sandbox))


@app.command()
def apply(
    folder: Annotated[Path, typer.Argument(help="Where the YAML files are, one thing a file.")],
    url: Url = None,
    key: Key = None,
    brand: Brand = None,
    *,
    prune: Annotated[bool, typer.Option("--prune", help="Delete what is on the stack and in no file.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the difference and stop.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Make the stack's rewards, config offers and campaigns what the files say, after showing the difference.

    Exit codes: 0 nothing to change, or all is changed; 1 refused, unreachable or declined; 2 mistakes in the files,
    and nothing was changed; 3 a dry run that found a difference.
    """
    console = Console(highlight=False)
    with _errors_in_one_line(), _stack(url, key, brand) as stack:
        changes = plan(folder, read_stack(stack), prune=prune)
        if not changes:
            console.print("Nothing to change.")
            return
        for change in changes:
            change.show(console)
        if dry_run:
            raise typer.Exit(3)
        if not yes:
            typer.confirm(f"Make {_plural(len(changes), 'change')} at {stack.connection.url}?", abort=True)
        apply_changes(changes, stack)
        console.print(f"{len(changes)} changed.")


@app.command()
def export(
    folder: Annotated[Path, typer.Argument(help="Where to write the files; it may hold some already.")],
    url: Url = None,
    key: Key = None,
    brand: Brand = None,
) -> None:
    """Write the stack's rewards, config offers and campaigns as files for `earnest apply`; what says the same stays."""
    with _errors_in_one_line(), _stack(url, key, brand) as stack:
        for file in export_files(folder, read_stack(stack)):
            typer.echo(file)


@app.command()
def schema() -> None:
    """Print the JSON Schema of a file that `earnest apply` takes."""
    typer.echo(schema_text(), nl=False)


@app.command()
def explain(
    event_id: Annotated[str | None, typer.Argument(help="The event's id.")] = None,
    url: Url = None,
    key: Key = None,
    brand: Brand = None,
    customer: Annotated[
        str | None, typer.Option(help="A customer by id, in place of an event: their last ones.")
    ] = None,
    last: Annotated[int, typer.Option(min=1, max=100, help="How many of the customer's events.")] = 5,
) -> None:
    """Show why an event was rewarded as it was: each campaign, each condition, and what it found."""
    with _errors_in_one_line(), _stack(url, key, brand) as stack:
        if (event_id is None) == (customer is None):
            raise CommandError("Which event? Give its id, or --customer and the id of who it happened to.")
        events = [event_id] if event_id else _last_events(stack, str(customer), last)
        # A terminal's lines are wrapped beneath their branch; elsewhere a line is as long as what it says.
        console = Console(highlight=False, width=None if sys.stdout.isatty() else 10_000)
        for event in events:
            answer = stack.request("GET", path_of("behavior", "events", event, "explanation"))
            console.print(explanation_tree(answer["data"]))


def _last_events(stack: ApiClient, customer_id: str, last: int) -> list[str]:
    events = islice(stack.list_all(path_of("customers", customer_id, "events")), last)
    return [event["id"] for event in events]


@app.command("import")
def import_(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="Events, one a line; or balances, if it ends in .csv.")
    ],
    url: Url = None,
    key: Key = None,
    brand: Brand = None,
    at_once: Annotated[int, typer.Option(min=1, max=64, help="How many requests are on their way at once.")] = 8,
    *,
    history: Annotated[bool, typer.Option("--history", help="The events are of long ago; they are recorded.")] = False,
    evaluate: Annotated[
        bool, typer.Option("--evaluate", help="With --history: campaigns see them too, and they pay.")
    ] = False,
    source: Annotated[
        str, typer.Option(help="Where balances come from; each customer is taken once for it.")
    ] = "import",
    column: Annotated[
        list[str] | None, typer.Option(help="Which column of balances is which: amount='Points balance'; repeat it.")
    ] = None,
    reward: Annotated[str | None, typer.Option(help="The reward of all balances, if no column has it.")] = None,
    announce: Annotated[
        bool, typer.Option("--announce", help="Announce balances like points that are assigned.")
    ] = False,
    wait: Annotated[bool, typer.Option(help="Wait until all balances are credited.")] = True,
) -> None:
    """Send a file of events or balances; interrupted, run it again to go on; run twice, nothing is paid twice.

    An event may have happened within the last 72 hours; with --history, at any time. A .csv file has balances: a row
    for each, with customer_id, reward_id, amount (below zero for a debt), expiration_date, issued_at, email, mobile,
    tags.NAME and attributes.NAME. Lines that the stack refuses are written to FILE.rejected.jsonl with their numbers,
    in the file's order. Exit codes: 0 all sent; 1 it had to stop; 2 some lines were rejected, or failed later.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)  # from here on there is something to stop
    console = Console(highlight=False)
    with _errors_in_one_line(), _stack(url, key, brand) as stack:
        named = Columns.of(source, column or [], reward, announce=announce)
        target = _target(file, history=history, evaluate=evaluate, columns=named)
        if target is EVENTS:
            console.print(RULE, soft_wrap=True)
        run = Import(file, stack, target, at_once=at_once)
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
        )
        began = time.monotonic()
        with Progress(*columns, console=console, transient=True) as progress:
            bar = progress.add_task(file.name, total=file.stat().st_size, rate="")

            def tell(end: int) -> None:
                # Only what this run has sent and got an answer to: what was skipped is no speed.
                completed = max(end, progress.tasks[0].completed)
                progress.update(bar, completed=completed, rate=_rate(run.summary.sent, began))

            done = run.run(tell)
        failed = _await(console, stack, run, at_once, columns) if run.traces and wait else 0
        run.forget()
    console.print(
        f"{done.sent} sent ({done.replayed} of them were there already), {done.before} sent by an earlier run, "
        f"{done.rejected} rejected."
    )
    for rejection in run.first_rejections():
        console.print(rejection, soft_wrap=True, markup=False)
    if done.rejected:
        console.print(f"What was rejected, and why, is in {run.rejections}.", soft_wrap=True)
    if done.rejected or failed:
        raise typer.Exit(2)


def _target(file: Path, *, history: bool, evaluate: bool, columns: Columns) -> Target:
    """What is imported. Raises CommandError if the options do not fit the file."""
    is_csv = file.suffix.lower() == ".csv"
    if evaluate and not history:
        raise CommandError("--evaluate goes with --history: other events are always evaluated.")
    if is_csv and history:
        raise CommandError("--history is for events, and a .csv file has balances.")
    if not is_csv and (columns.renamed or columns.reward_id or columns.announce):
        raise CommandError("--column, --reward and --announce are for balances, in a file that ends in .csv.")
    if is_csv:
        return balances(columns)
    return events_of_long_ago(evaluate=evaluate) if history else EVENTS


def _rate(count: int, began: float) -> str:
    return f"{count / max(time.monotonic() - began, 0.001):,.0f} a second"


def _await(console: Console, stack: ApiClient, run: Import, at_once: int, columns: Sequence[ProgressColumn]) -> int:
    """Wait for what a queue has taken; returns how many failed. Raises CommandError if some wait for too long."""
    began = time.monotonic()
    with Progress(*columns, console=console, transient=True) as progress:
        bar = progress.add_task("credited", total=len(run.traces), rate="")

        def tell(ended: int) -> None:
            progress.update(bar, completed=ended, rate=_rate(ended, began))

        try:
            outcome = await_traces(stack, run.traces, tell, at_once=at_once)
        except KeyboardInterrupt:
            raise CommandError("Interrupted. All are sent, and will be credited; run again to see when.") from None
    console.print(f"{outcome.done} credited, {len(outcome.failed)} failed, {outcome.waiting} still wait.")
    for number, reason in outcome.failed[:10]:
        console.print(f"{run.file.name}:{number}: {reason}", soft_wrap=True, markup=False)
    if outcome.waiting:
        raise CommandError("They are credited when the queue comes to them; run again to see when.")
    return len(outcome.failed)


@app.command()
def verify(
    customer_ids: Annotated[list[str] | None, typer.Argument(help="Customers, by id; none for a whole brand.")] = None,
    url: Url = None,
    key: Key = None,
    brand: Brand = None,
    stack_name: Annotated[str | None, typer.Option("--stack", help="For a whole brand: the stack in AWS.")] = None,
    home: Annotated[Path, typer.Option(help="Where the stack on this machine keeps what it keeps.")] = ROOT / ".local",
    *,
    repair: Annotated[bool, typer.Option("--repair", help="Add to a brand's reports what they lack.")] = False,
) -> None:
    """Recompute wallets from every line of their ledgers and compare; exit code 1 if one differs.

    With --brand and no customer, all wallets and journals of the brand are added up, and compared with its reports;
    with --repair, what these lack of the time before there were reports is added. Do that while nothing happens.
    """
    differ = False
    if not customer_ids:
        _verify_brand(brand, stack_name, home, repair=repair)
        return
    with _errors_in_one_line(), _stack(url, key, brand) as stack:
        for customer_id in customer_ids:
            verified = verify_wallet(stack, customer_id)
            differ = differ or bool(verified.differences)
            result = "DIFFERS" if verified.differences else "equal"
            typer.echo(f"{customer_id}: {result} ({_plural(verified.entries, 'line')})")
            for difference in verified.differences:
                typer.echo(
                    f"  {difference.what}: the wallet has {difference.wallet:f}, "
                    f"its lines come to {difference.entries:f}"
                )
    if differ:
        raise typer.Exit(1)


def _verify_brand(brand: str | None, stack: str | None, home: Path, *, repair: bool) -> None:
    with _errors_in_one_line():
        if brand is None:
            raise CommandError("Verify what? Name customers, or a brand with --brand.")
        target = use_stack(stack, Home(home.resolve()).connection_file)
        try:
            verified = verify_brand(table_client(), target.table, brand, repair=repair)
        except LoyaltyError as error:
            raise CommandError(f"{brand}: {error.message}") from None
    result = "DIFFERS" if verified.differences else "equal"
    typer.echo(f"{brand}: {result} ({_plural(verified.wallets, 'wallet')}, {_plural(verified.records, 'record')})")
    for one in verified.differences:
        typer.echo(f"  {one.what}: reports have {one.counted:f}, the table comes to {one.recomputed:f}")
    if verified.differences:
        raise typer.Exit(1)


@app.command("export-ledger")
def write_ledger(
    out: Annotated[Path, typer.Argument(help="The file to write, such as ledger.parquet.")],
    format_: Annotated[
        str | None, typer.Option("--format", help="parquet or csv; default: by the file's name.")
    ] = None,
    brand: Annotated[str | None, typer.Option(help="Only what is of this brand; default: all brands.")] = None,
    from_export: Annotated[
        Path | None, typer.Option(exists=True, file_okay=False, help="Read a point-in-time export of the table to S3.")
    ] = None,
    stack: Annotated[str | None, typer.Option(help="A stack of the AWS account of your environment, by name.")] = None,
    home: Annotated[Path, typer.Option(help="Where the stack on this machine keeps what it keeps.")] = ROOT / ".local",
    at_once: Annotated[int, typer.Option(min=1, max=64, help="How many parts are read at once.")] = 8,
) -> None:
    """Write every line of the ledger into a file that tools of analysis read; docs/moving.md has its columns.

    It reads the whole table, of the stack on this machine if no other is named: what happens meanwhile may be in the
    file or not. With --from-export it reads the files of a full export to S3 in DynamoDB's JSON, which is of one
    instant, and no table. The file is there when it is complete.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    console = Console(highlight=False)
    with _errors_in_one_line():
        format_ = format_of(out, format_)
        with ledger_file(out, format_) as writer:
            source: ExportSource | TableSource
            if from_export:
                source = ExportSource.of(from_export, brand)
            else:
                table = use_stack(stack, Home(home.resolve()).connection_file).table
                source = TableSource.of(table_client(), table, brand, at_once)
            columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
            with Progress(*columns, console=console, transient=True) as progress:
                bar = progress.add_task(out.name, total=source.parts)
                count = export_ledger(
                    source, writer, at_once=at_once, on_progress=lambda done: progress.update(bar, completed=done)
                )
    console.print(f"{_plural(count, 'row')} in {out}.", soft_wrap=True, markup=False)


@app.command()
def report(
    first: Annotated[str, typer.Option("--from", help="The first day, such as 2026-03-01.")],
    last: Annotated[str, typer.Option("--to", help="The last day, which is included.")],
    resolution: Annotated[str, typer.Option(help="day or month")] = "day",
    plot: Annotated[Path | None, typer.Option(help="Also draw it, into this .svg or .png file.")] = None,
    url: Url = None,
    key: Key = None,
    brand: Brand = None,
) -> None:
    """Show what points have done, by reward and period and by campaign, and what is outstanding of them now."""
    with _errors_in_one_line(), _stack(url, key, brand) as stack:
        kind = plot.suffix.lower() if plot is not None else None
        if kind not in (None, ".svg", ".png"):
            raise CommandError(f"{plot}: a picture is drawn as .svg, which browsers and spreadsheets open, or as .png.")
        found = fetch_report(stack, first, last, resolution)
        periods = Table("reward", "period", *REPORT_COLUMNS, "outstanding", box=None)
        for row in report_rows(found):
            periods.add_row(*map(escape, row))
        campaigns = Table("campaign", "reward", "granted", "redeemed", box=None)
        for row in campaign_rows(found):
            campaigns.add_row(*map(escape, row))
        console = Console(highlight=False, width=None if sys.stdout.isatty() else 250)
        console.print(periods)
        console.print()
        console.print(campaigns)
        if plot is not None:
            write_atomically(plot, draw_png(found) if kind == ".png" else draw(found))


@app.command()
def wallet(
    customer_id: Annotated[str, typer.Argument(help="The customer, by id.")],
    url: Url = None,
    key: Key = None,
    brand: Brand = None,
) -> None:
    """Show what a customer has: the totals by reward, and the lots they consist of, soonest-expiring first."""
    with _errors_in_one_line(), _stack(url, key, brand) as stack:
        found = stack.request("GET", path_of("customers", customer_id, "wallet"))["data"]
        totals = Table("reward", "available", "reserved", "pending", "next end", box=None)
        for total in found["totals"]:
            amounts = (f"{Decimal(total[name]):f}" for name in ("available", "reserved", "pending"))
            totals.add_row(escape(total["reward_id"]), *amounts, total["next_expiration"] or "")
        lots = Table("reward", "amount", "campaign", "earned", "ends", box=None)
        for lot in found["lines"]:
            names = (escape(lot["reward_id"]), f"{Decimal(lot['amount']):f}", escape(lot["campaign_id"] or ""))
            lots.add_row(*names, lot["issued_at"], lot["expiration_date"] or "never")
        console = Console(highlight=False, width=None if sys.stdout.isatty() else 250)
        console.print(totals)
        if found["lines"]:
            console.print()
            console.print(lots)


@app.command()
def redrive(
    stack: Annotated[str | None, typer.Option(help="A stack of the AWS account of your environment, by name.")] = None,
    home: Annotated[Path, typer.Option(help="Where the stack on this machine keeps what it keeps.")] = ROOT / ".local",
) -> None:
    """Put requests that were set aside after their last attempt back into their queues.

    They are those of the stack on this machine, if no other is named. Safe to repeat: each is carried out once. What
    the stream gave up on is announced again, with the same ids and payloads.
    """
    with _errors_in_one_line():
        connection_file = Home(home.resolve()).connection_file
        for name, count in redrive_queues(stack, connection_file):
            typer.echo(f"{name}: {count} put back")
        if feed := feed_of(stack, connection_file):
            announced = sum(announce_again(feed))
            typer.echo(f"{NOT_ANNOUNCED}: {_plural(announced, 'record')} announced again")


_SAM = {"allow_extra_args": True, "ignore_unknown_options": True}


@app.command(context_settings=_SAM)
def invoke(
    context: typer.Context,
    function: Annotated[str, typer.Argument(help="Its logical id in template.yaml, such as EmitEvent.")],
    event: Annotated[Path | None, typer.Option(exists=True, help="Default: its sample in events/.")] = None,
    debug: Annotated[int | None, typer.Option(min=1, max=65535, help="Wait for a debugger on this port.")] = None,
    home: Annotated[Path, typer.Option(help="Where the stack on this machine keeps what it keeps.")] = ROOT / ".local",
) -> None:
    """Call one function of the stack on this machine in Lambda's own image: `sam local invoke` with all it has to know.

    With --debug it waits until a debugger (debugpy's protocol) has connected. Further options are those of
    `sam local invoke`. It needs docker.
    """
    with _errors_in_one_line():
        sample = event or ROOT / "events" / f"{function_named(function).name}.json"
        words = [function, "--event", str(sample), *context.args]
        if debug is not None:
            words += debugger(debug)
            typer.echo(f"Waits for a debugger on 127.0.0.1:{debug}; docs/deployment.md says how to connect.", err=True)
        raise typer.Exit(run_sam_local(Home(home.resolve()), "invoke", words))


@app.command(context_settings=_SAM)
def api_local(
    context: typer.Context,
    home: Annotated[Path, typer.Option(help="Where the stack on this machine keeps what it keeps.")] = ROOT / ".local",
) -> None:
    """Serve the whole API from containers, on the table of the stack on this machine: `sam local start-api`.

    Further options are those of `sam local start-api`, such as `--port 3000`. It needs docker.
    """
    with _errors_in_one_line():
        raise typer.Exit(run_sam_local(Home(home.resolve()), "start-api", context.args))


@app.command()
def settle(
    stack: Annotated[str | None, typer.Option(help="A stack of the AWS account of your environment, by name.")] = None,
    home: Annotated[Path, typer.Option(help="Where the stack on this machine keeps what it keeps.")] = ROOT / ".local",
    at_once: Annotated[int, typer.Option(min=1, max=64, help="How many parts of the table are read at once.")] = 8,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what is overdue, and settle nothing.")] = False,
) -> None:
    """Settle all holds, lots and offers that are overdue, whether or not the stream ever reports them.

    It reads the whole table; interrupted, run it again to go on; run twice, nothing is settled twice. When all is
    settled, the queue of deadlines that the stream gave up on is emptied. The stack is the one on this machine, if no
    other is named. Exit codes: 0 all settled; 1 it had to stop; 2 something could not be settled.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    console = Console(highlight=False)
    with _errors_in_one_line():
        place = Home(home.resolve())
        target = use_stack(stack, place.connection_file)
        notes = place.folder / f"settle-{target.table}.json"
        run = Settlement(table_client(), target.table, notes, at_once=at_once, dry_run=dry_run)
        columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
        with Progress(*columns, console=console, transient=True) as progress:
            bar = progress.add_task(target.table, total=run.notes.segments, completed=run.walked)
            found = run.run(lambda done: progress.update(bar, completed=done))
        if not found.failed and not dry_run:
            found.acknowledged = acknowledge(target, run.notes.began)
    what = f"{_plural(found.events, 'event')} and {_plural(found.customers, 'customer')}"
    if dry_run:
        console.print(f"Overdue: {what}.")
    else:
        console.print(f"Settled: {what}. {_plural(found.acknowledged, 'report')} of the stream answered.")
    for failure in found.failed:
        typer.echo(f"Not settled: {failure}", err=True)
    if found.failed:
        raise typer.Exit(2)


@app.command()
def doctor(
    stack: Annotated[str | None, typer.Option(help="A stack of the AWS account of your environment, by name.")] = None,
    home: Annotated[Path, typer.Option(help="Where the stack on this machine keeps what it keeps.")] = ROOT / ".local",
    url: Url = None,
    key: Key = None,
    items: Annotated[int, typer.Option(min=1, help="How many items of the table are read at most.")] = 20_000,
) -> None:
    """Examine a stack from outside, one line for each thing looked at; it changes nothing.

    Whether it answers and the key is valid; which release and versions are deployed; what is overdue or set aside;
    which alarms fire or page nobody; what the table lacks, and the formats of its items. The stack is the one on this
    machine, if no other is named; with --url and without --stack, only its API is looked at. Exit code 1 if something
    is wrong.
    """
    wrong = 0
    with _errors_in_one_line():
        connection_file = Home(home.resolve()).connection_file
        patient = None if url and not stack else Patient.of(stack, connection_file)
        for finding in examine(patient, url, key, connection_file, items):
            typer.echo(finding)
            wrong += finding.mark is Mark.WRONG
    if wrong:
        typer.echo(f"{_plural(wrong, 'thing')} wrong.", err=True)
        raise typer.Exit(1)


@app.command()
def smoke(
    stack: Annotated[str | None, typer.Option(help="A stack of the AWS account of your environment, by name.")] = None,
    home: Annotated[Path, typer.Option(help="Where the stack on this machine keeps what it keeps.")] = ROOT / ".local",
    url: Url = None,
    key: Key = None,
    hold: Annotated[float, typer.Option(min=1, help="How many seconds the hold lasts that expires.")] = 5,
    patience: Annotated[float, typer.Option(min=0, help="How many seconds DynamoDB's TTL is waited for.")] = 900,
) -> None:
    """Try a stack as its callers do, with an admin key, best of a sandbox brand; then tidy up.

    An event is sent twice and paid once; a hold expires, and how late the stream settles it is told; an offer is
    assigned, and its trace read; the wallet is compared with its ledger. The stack is the one on this machine, if no
    other is named. Exit code 1, and a sentence, if a step is wrong. That TTL takes longer than --patience is only told:
    DynamoDB promises nothing sooner.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with _errors_in_one_line():
        connection_file = Home(home.resolve()).connection_file
        whole = Connection(url.rstrip("/"), key) if url and key and not stack else None
        connection = whole or connection_of(Patient.of(stack, connection_file), url, key, connection_file)
        with ApiClient(connection) as api:
            for name, seconds, says in Smoke(api, hold_seconds=hold, patience=patience).run():
                typer.echo(f"{name:8}  {seconds:7.2f} s  {says}")


@app.command()
def logs(
    function: Annotated[str | None, typer.Argument(help="One function by its name in the template: EmitEvent.")] = None,
    stack: Annotated[str | None, typer.Option(help="A stack of the AWS account of your environment, by name.")] = None,
    home: Annotated[Path, typer.Option(help="Where the stack on this machine keeps what it keeps.")] = ROOT / ".local",
    minutes: Annotated[float, typer.Option(min=0, help="Begin so many minutes ago.")] = 60,
    *,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Wait for more until Ctrl-C.")] = False,
    raw: Annotated[bool, typer.Option("--json", help="Lines as they are logged: JSON.")] = False,
) -> None:
    """Show what the functions log, of the stack on this machine if no other is named."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with _errors_in_one_line(), suppress(KeyboardInterrupt):
        since = time.time() - minutes * 60
        for line in read_logs(stack, Home(home.resolve()).connection_file, since, follow=follow):
            if of_function(line, function):
                typer.echo(line if raw else shown(line))


@app.command()
def show_item(
    pk: Annotated[str, typer.Argument(help="Its partition key, such as BRAND#demo#CUST#ana; docs/table.md has them.")],
    sk: Annotated[str, typer.Argument(help="Its sort key, such as STATE.")],
    table: Annotated[str | None, typer.Option(help="A table of the AWS account of your environment, by name.")] = None,
    home: Annotated[Path, typer.Option(help="Where the stack on this machine keeps what it keeps.")] = ROOT / ".local",
) -> None:
    """Print an item of the table, its documents opened and its times readable: JSON.

    The table is that of the stack on this machine, if no other is named.
    """
    with _errors_in_one_line():
        typer.echo(to_json(read_item(ItemKey(pk, sk), table, Home(home.resolve()).connection_file)))


customers_app = typer.Typer(no_args_is_help=True, help="Customers of the key's own brand.")
app.add_typer(customers_app, name="customers")


@customers_app.command("find")
def find_customer(
    identity: Annotated[str, typer.Argument(metavar="EMAIL|MOBILE", help="Such as ana@example.com or +491711234567.")],
    url: Url = None,
    key: Key = None,
    brand: Brand = None,
) -> None:
    """Show the customer that an e-mail address or a mobile number belongs to; exit code 1 if it is nobody's."""
    with _errors_in_one_line(), _stack(url, key, brand) as stack:
        channel = "email" if "@" in identity else "mobile"
        found = stack.request("GET", "/customers", query={channel: identity})["data"]
        if not found:
            raise CommandError(f"{identity} belongs to no customer.")
        table = Table("id", "e-mail", "mobile", "other ids", "first seen", box=None)
        for one in found:
            names = (one["customer_id"], one["email"] or "", one["mobile"] or "", " ".join(one["aliases"]))
            table.add_row(*map(escape, names), one["created_at"])
        Console(highlight=False, width=None if sys.stdout.isatty() else 250).print(table)


@customers_app.command("export")
def export_customer(
    customer_id: Annotated[str, typer.Argument(help="The customer, by id.")],
    url: Url = None,
    key: Key = None,
    brand: Brand = None,
) -> None:
    """Print all that is kept of a customer as one JSON."""
    with _errors_in_one_line(), _stack(url, key, brand) as stack:
        path = path_of("customers", customer_id, "export")
        page = stack.request("GET", path)
        whole = page["data"]
        while page["next_cursor"]:
            page = stack.request("GET", path, query={"cursor": page["next_cursor"]})
            for name, items in page["data"].items():
                whole[name] = whole[name] + items if isinstance(items, list) else whole[name]
        typer.echo(exact.dumps(whole))


@customers_app.command("erase")
def erase_customer(
    customer_id: Annotated[str, typer.Argument(help="The customer, by any of their ids.")],
    url: Url = None,
    key: Key = None,
    brand: Brand = None,
    *,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Erase a customer and wait until it is done: amounts and receipts stay under a pseudonym, all else is gone."""
    with _errors_in_one_line(), _stack(url, key, brand) as stack:
        if not yes:
            typer.confirm(f"Erase {customer_id} at {stack.connection.url} for good?", abort=True)
        trace_id = stack.request("DELETE", path_of("customers", customer_id))["traceId"]
        outcome = await_traces(stack, {trace_id: 1})
        if outcome.failed or outcome.waiting:
            why = outcome.failed[0][1] if outcome.failed else "it still waits in the cold queue"
            raise CommandError(f"Not erased yet, see trace {trace_id}: {why}.")
        typer.echo(f"Erased; what stays is under erased-{trace_id}.")


clock_app = typer.Typer(no_args_is_help=True, help="The time of a brand to test with.")
app.add_typer(clock_app, name="clock")


@clock_app.command("show")
def show_clock(url: Url = None, key: Key = None, brand: Brand = None) -> None:
    """Show what time it is for the key's brand, and whether its clock is on the way to another."""
    with _errors_in_one_line(), _stack(url, key, brand) as stack:
        typer.echo(clock_in_words(read_clock(stack)))


@clock_app.command("advance")
def advance_clock(
    to: Annotated[str, typer.Argument(help="How far: 30d, 12h, 90m, 2w; or to when: 2027-01-01T00:00:00Z.")],
    url: Url = None,
    key: Key = None,
    brand: Brand = None,
) -> None:
    """Move the time of a brand to test with, and wait until all that ends on the way has ended.

    Whoever interrupts it leaves the clock on its way; `earnest clock show` says when it is there.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with _errors_in_one_line(), suppress(KeyboardInterrupt), _stack(url, key, brand) as stack:
        typer.echo(clock_in_words(move_clock(stack, to)))


keys_app = typer.Typer(no_args_is_help=True, help="API keys of the key's own brand.")
app.add_typer(keys_app, name="keys")


@keys_app.command("create")
def create_key(
    name: Annotated[str, typer.Argument(help="What the key is for.")],
    scope: Annotated[list[str], typer.Option(help="events:write, customers:read, offers:write or admin; repeat it.")],
    expires_at: Annotated[str | None, typer.Option(help="When it ends, such as 2027-01-01T00:00:00Z.")] = None,
    url: Url = None,
    key: Key = None,
    brand: Brand = None,
) -> None:
    """Create a key. Its secret is printed once, alone on stdout, and stored nowhere."""
    with _errors_in_one_line(), _stack(url, key, brand) as stack:
        body = {"name": name, "scopes": scope, "expires_at": expires_at}
        new = stack.request("POST", "/keys", body)["data"]
        typer.echo(f"Key {new['id']} of brand {stack.connection.brand_id or 'the key'}; its secret:", err=True)
        typer.echo(new["secret"])


@keys_app.command("list")
def list_keys(url: Url = None, key: Key = None, brand: Brand = None) -> None:
    """List the keys, revoked ones too."""
    with _errors_in_one_line(), _stack(url, key, brand) as stack:
        table = Table("id", "name", "scopes", "created", "expires", "revoked", box=None)
        for api_key in stack.list_all("/keys"):
            table.add_row(
                api_key["id"],
                escape(api_key["name"]),
                " ".join(api_key["scopes"]),
                api_key["created_at"],
                api_key["expires_at"] or "",
                "yes" if api_key["disabled"] else "",
            )
        Console(highlight=False, width=None if sys.stdout.isatty() else 250).print(table)


@keys_app.command("revoke")
def revoke_key(
    key_id: Annotated[str, typer.Argument(help="The key's id, as `earnest keys list` shows it.")],
    url: Url = None,
    key: Key = None,
    brand: Brand = None,
) -> None:
    """Revoke a key for good. Calls that bring it are refused within 2 seconds: so long the gateway keeps an answer."""
    with _errors_in_one_line(), _stack(url, key, brand) as stack:
        stack.request("DELETE", path_of("keys", key_id))
        typer.echo(f"Revoked {key_id}; in force everywhere within 2 seconds.")


def _plural(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _stack(url: str | None, key: str | None, brand: str | None) -> ApiClient:
    return ApiClient(Connection.of(url, key, brand, Home(ROOT / ".local").connection_file))


@contextmanager
def _errors_in_one_line() -> Iterator[None]:
    """Print an expected error, ours or of AWS, as one line on stderr, and exit with its `exit_code`, by default 1."""
    try:
        yield
    except (CommandError, BotoCoreError, ClientError) as error:
        typer.echo(error, err=True)
        raise typer.Exit(getattr(error, "exit_code", 1)) from None
