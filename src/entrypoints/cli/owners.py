"""The user whose scripts and videos a command concerns."""

import click

from domain.shared import paths
from entrypoints.cli.session import Session

user_option = click.option(
    "--user",
    metavar="NAME",
    help="User whose videos these are.  [default: nobody, as without accounts]",
)


async def owner_of(opened: Session, user: str | None) -> str:
    """Return the owner in records; raises `UserNotFound`."""
    if user is None:
        return paths.LOCAL_USER
    return (await opened.use_cases.find_user(user)).id
