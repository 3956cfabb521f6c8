"""The `earnest` command."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from botocore.exceptions import BotoCoreError, ClientError

from earnest.places import ROOT, Home
from earnest.refusal import Refusal

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

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
    from earnest.up import up as run_stack  # noqa: PLC0415  (a second that --help need not wait for)

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
    from earnest.bootstrap import create_brand_with_key, use_table  # noqa: PLC0415

    with _in_one_line():
        if not _BRAND_ID.fullmatch(brand_id):
            raise Refusal("A brand's id is 1 to 64 letters, digits, - and _: it becomes part of its keys.")
        use_table(table)
        typer.echo(create_brand_with_key(brand_id, name, key_name))


@contextmanager
def _in_one_line() -> Iterator[None]:
    """Turn a refusal, ours or of AWS, into its line on stderr and exit code 1."""
    try:
        yield
    except (Refusal, BotoCoreError, ClientError) as refusal:
        typer.echo(refusal, err=True)
        raise typer.Exit(1) from None
