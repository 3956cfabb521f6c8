"""The `earnest` command."""

import re
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from earnest.errors import Refusal
from earnest.local.home import Home
from earnest.paths import ROOT

if TYPE_CHECKING:
    from earnest.commands.client import Stack

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
    from earnest.local.up import up as run_stack  # noqa: PLC0415  (a second that --help need not wait for)

    with _in_one_line():
        run_stack(Home(home.resolve()), port, fresh=fresh)


@app.command()
def create_brand(
    brand_id: Annotated[str, typer.Argument(help="The new brand's id; an existing brand keeps its settings.")],
    name: Annotated[str, typer.Option(help="What people call it.")],
    table: Annotated[str, typer.Option(help="The deployed table: the stack's output TableName.")],
    key_name: Annotated[str, typer.Option(help="What the key is for.")] = "Admin",
) -> None:
    """Create a brand and an admin key in a deployed table, with the AWS credentials and region of your environment.

    The key is printed once and stored nowhere.
    """
    from earnest.commands.create_brand import create_brand_with_key, use_table  # noqa: PLC0415

    with _in_one_line():
        if not _BRAND_ID.fullmatch(brand_id):
            raise Refusal("A brand's id is 1 to 64 letters, digits, - and _: it becomes part of its keys.")
        use_table(table)
        typer.echo(create_brand_with_key(brand_id, name, key_name))


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
    from earnest.commands.apply import make, plan, what_is_there  # noqa: PLC0415

    console = Console(highlight=False)
    with _in_one_line(), _stack(url, key, brand) as stack:
        changes = plan(folder, what_is_there(stack), prune=prune)
        if not changes:
            console.print("Nothing to change.")
            return
        for change in changes:
            change.show(console)
        if dry_run:
            raise typer.Exit(3)
        if not yes:
            typer.confirm(f"Make {_counted(len(changes), 'change')} at {stack.address.url}?", abort=True)
        make(changes, stack)
        console.print(f"{len(changes)} changed.")


@app.command()
def export(
    folder: Annotated[Path, typer.Argument(help="Where to write the files; it may hold some already.")],
    url: Url = None,
    key: Key = None,
    brand: Brand = None,
) -> None:
    """Write the stack's rewards, config offers and campaigns as files for `earnest apply`; what says the same stays."""
    from earnest.commands.apply import export as write_files  # noqa: PLC0415
    from earnest.commands.apply import what_is_there  # noqa: PLC0415

    with _in_one_line(), _stack(url, key, brand) as stack:
        for file in write_files(folder, what_is_there(stack)):
            typer.echo(file)


@app.command()
def schema() -> None:
    """Print the JSON Schema of a file that `earnest apply` takes."""
    from earnest.commands.apply import schema_text  # noqa: PLC0415

    typer.echo(schema_text(), nl=False)


@app.command()
def explain(
    event_id: Annotated[str, typer.Argument(help="The event's id.")],
    url: Url = None,
    key: Key = None,
    brand: Brand = None,
) -> None:
    """Show why an event was rewarded as it was: each campaign, each condition, and what it found."""
    from earnest.commands.client import place  # noqa: PLC0415
    from earnest.commands.explain import tree  # noqa: PLC0415

    with _in_one_line(), _stack(url, key, brand) as stack:
        answer = stack.ask("GET", place("behavior", "events", event_id, "explanation"))
        # A terminal's lines are wrapped beneath their branch; elsewhere a line is as long as what it says.
        Console(highlight=False, width=None if sys.stdout.isatty() else 10_000).print(tree(answer["data"]))


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="One event a line, as the API takes it.")],
    url: Url = None,
    key: Key = None,
    brand: Brand = None,
    at_once: Annotated[int, typer.Option(min=1, max=64, help="How many events are on their way at once.")] = 8,
) -> None:
    """Send a file of events; interrupted, run it again to go on; run twice, nothing is paid twice.

    Lines that the stack refuses are written to FILE.rejected.jsonl with their numbers. Exit codes: 0 all sent; 1 it
    had to stop; 2 some lines were rejected.
    """
    from earnest.commands.import_events import Import  # noqa: PLC0415

    signal.signal(signal.SIGINT, signal.default_int_handler)  # from here on there is something to stop
    console = Console(highlight=False)
    with _in_one_line(), _stack(url, key, brand) as stack:
        run = Import(file, stack, at_once=at_once)
        columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
        with Progress(*columns, console=console, transient=True) as progress:
            bar = progress.add_task(file.name, total=file.stat().st_size)
            done = run.run(lambda end: progress.update(bar, completed=max(end, progress.tasks[0].completed)))
    console.print(
        f"{done.sent} sent ({done.replayed} of them were there already), {done.before} sent by an earlier run, "
        f"{done.rejected} rejected."
    )
    if done.rejected:
        console.print(f"What was rejected, and why, is in {run.rejections}.", soft_wrap=True)
        raise typer.Exit(2)


@app.command()
def verify(
    customer_ids: Annotated[list[str], typer.Argument(help="Customers, by id.")],
    url: Url = None,
    key: Key = None,
    brand: Brand = None,
) -> None:
    """Recompute wallets from every line of their ledgers and compare; exit code 1 if one differs."""
    from earnest.commands.verify import verify as compare  # noqa: PLC0415

    differ = False
    with _in_one_line(), _stack(url, key, brand) as stack:
        for customer_id in customer_ids:
            verified = compare(stack, customer_id)
            differ = differ or bool(verified.differences)
            verdict = "DIFFERS" if verified.differences else "equal"
            typer.echo(f"{customer_id}: {verdict} ({_counted(verified.entries, 'line')})")
            for one in verified.differences:
                typer.echo(f"  {one.what}: the wallet has {one.wallet:f}, its lines come to {one.entries:f}")
    if differ:
        raise typer.Exit(1)


@app.command()
def redrive(
    stack: Annotated[str | None, typer.Option(help="A stack of the AWS account of your environment, by name.")] = None,
    home: Annotated[Path, typer.Option(help="Where the stack on this machine keeps what it keeps.")] = ROOT / ".local",
) -> None:
    """Put requests that were set aside after their last attempt back into their queues.

    They are those of the stack on this machine, if no other is named. Safe to repeat: each is carried out once.
    """
    from earnest.commands.redrive import redrive as put_back  # noqa: PLC0415

    with _in_one_line():
        for name, count in put_back(stack, Home(home.resolve()).card):
            typer.echo(f"{name}: {count} put back")


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
    from earnest.commands.show_item import read_item, text_of  # noqa: PLC0415
    from loyalty.store.keys import Key as ItemKey  # noqa: PLC0415

    with _in_one_line():
        typer.echo(text_of(read_item(ItemKey(pk, sk), table, Home(home.resolve()).card)))


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
    with _in_one_line(), _stack(url, key, brand) as stack:
        body = {"name": name, "scopes": scope, "expires_at": expires_at}
        new = stack.ask("POST", "/keys", body)["data"]
        typer.echo(f"Key {new['id']} of brand {stack.address.brand_id or 'the key'}; its secret:", err=True)
        typer.echo(new["secret"])


@keys_app.command("list")
def list_keys(url: Url = None, key: Key = None, brand: Brand = None) -> None:
    """List the keys, revoked ones too."""
    with _in_one_line(), _stack(url, key, brand) as stack:
        table = Table("id", "name", "scopes", "created", "expires", "revoked", box=None)
        for one in stack.everything("/keys"):
            times = (one["created_at"], one["expires_at"] or "")
            table.add_row(
                one["id"], escape(one["name"]), " ".join(one["scopes"]), *times, "yes" if one["disabled"] else ""
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
    from earnest.commands.client import place  # noqa: PLC0415

    with _in_one_line(), _stack(url, key, brand) as stack:
        stack.ask("DELETE", place("keys", key_id))
        typer.echo(f"Revoked {key_id}; in force everywhere within 2 seconds.")


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _stack(url: str | None, key: str | None, brand: str | None) -> "Stack":
    from earnest.commands.client import Address, Stack  # noqa: PLC0415

    return Stack(Address.of(url, key, brand, Home(ROOT / ".local").card))


@contextmanager
def _in_one_line() -> Iterator[None]:
    """Turn a refusal, ours or of AWS, into its line on stderr and exit code 1, or what it says of itself."""
    try:
        yield
    except (Refusal, BotoCoreError, ClientError) as refusal:
        typer.echo(refusal, err=True)
        raise typer.Exit(getattr(refusal, "exit_code", 1)) from None
