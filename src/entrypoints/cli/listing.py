"""Lists of commands, a page at a time."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final, TypeAlias

import click
import msgspec
from rich.table import Table

from application.ports.pagination import Page
from entrypoints.cli.console import printer, say, talker
from entrypoints.cursors import cursor_of

Option: TypeAlias = Callable[[Callable[..., Any]], Callable[..., Any]]

MOST: Final = 200

limit_option: Final[Option] = click.option(
    "--limit",
    type=click.IntRange(1, MOST),
    default=50,
    show_default=True,
    help="Most items of the list.",
)
cursor_option: Final[Option] = click.option(
    "--cursor", metavar="CURSOR", help="Continue after an earlier list, which has named this."
)
json_option: Final[Option] = click.option(
    "--json", "as_json", is_flag=True, help="Print the result as JSON."
)


def show_page(page: Page[Any], table: Callable[[tuple[Any, ...]], Table], *, as_json: bool) -> None:
    """Print a page: its items, and the cursor of the next page."""
    cursor = cursor_of(page.last)
    if as_json:
        click.echo(msgspec.json.encode({"items": page.items, "next_cursor": cursor}))
        return
    printer().print(table(page.items))
    if cursor is not None:
        say(talker(), f"There are more: --cursor {cursor}")


def moment(at: datetime) -> str:
    """Return a time for a table, in UTC."""
    return f"{at:%Y-%m-%d %H:%M}"
