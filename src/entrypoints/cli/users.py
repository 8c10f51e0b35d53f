"""`bachata-buddy users`: add users, change their passwords, disable and enable them."""

import sys

import click
from rich_click import RichCommand, RichGroup

from domain.accounts.rules import Registration
from domain.accounts.users import Role
from entrypoints.cli.console import say, talker
from entrypoints.cli.session import run, session


@click.group(cls=RichGroup)
def users() -> None:
    """Manage the users of a service with BACHATA_AUTH=on.

    Passwords are asked for, or read from the first line of the standard input.
    """


@users.command("add", cls=RichCommand)
@click.argument("name")
@click.option("--admin", is_flag=True, help="The user may also change songs and moves.")
@click.option(
    "--id",
    "user_id",
    metavar="ID",
    help="Give the user the films of ID, such as `local` for those that were made without accounts."
    "  [default: a new id]",
)
def add(name: str, admin: bool, user_id: str | None) -> None:
    """Add the user NAME, a name or an e-mail address."""
    registration = Registration(name=name, password=_password())

    async def work() -> None:
        role = Role.ADMIN if admin else Role.USER
        async with session() as opened:
            user = await opened.use_cases.add_user(registration, role, user_id)
        say(talker(), f"Added the {user.role} {user.name!r} with the id {user.id!r}.")

    run(work)


@users.command("passwd", cls=RichCommand)
@click.argument("name")
def passwd(name: str) -> None:
    """Give the user NAME a new password; all log-ins of the user end."""
    registration = Registration(name=name, password=_password())

    async def work() -> None:
        async with session() as opened:
            user = await opened.use_cases.set_password(registration)
        more = " The user is disabled; `users enable` lets the user log in." * user.disabled
        say(talker(), f"{user.name!r} has a new password.{more}")

    run(work)


@users.command("disable", cls=RichCommand)
@click.argument("name")
def disable(name: str) -> None:
    """Refuse all requests of the user NAME from now on; films stay."""
    _change(name, disabled=True)


@users.command("enable", cls=RichCommand)
@click.argument("name")
def enable(name: str) -> None:
    """Accept the user NAME again, or a user whom `migrate-seed` has added."""
    _change(name, disabled=False)


def _change(name: str, *, disabled: bool) -> None:
    async def work() -> None:
        async with session() as opened:
            user = await opened.use_cases.disable_user(name, disabled=disabled)
        say(talker(), f"{user.name!r} is {'disabled' if user.disabled else 'enabled'}.")

    run(work)


def _password() -> str:
    """Return the password that a person types twice, or a program writes."""
    if sys.stdin.isatty():
        return click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    return sys.stdin.readline().rstrip("\r\n")
