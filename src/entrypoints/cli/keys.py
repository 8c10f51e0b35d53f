"""`bachata-buddy keys`: create, list and revoke API keys, and replace the secret of tokens."""

from uuid import UUID

import click
import msgspec
from rich.table import Table
from rich_click import RichCommand, RichGroup

from application.accounts.manage_keys import ApiKeyRequest
from domain.accounts.users import ApiKey, Scope
from domain.shared.validation import refuse_faults
from entrypoints.cli.console import plain, printer, say, talker
from entrypoints.cli.session import run, session


@click.group(cls=RichGroup)
def keys() -> None:
    """Manage the API keys of users, and the secret that signs tokens."""


@keys.command("create", cls=RichCommand)
@click.argument("user")
@click.option("--name", required=True, help="What the key is for.")
@click.option(
    "--scope",
    "scopes",
    type=click.Choice([each.value for each in Scope]),
    multiple=True,
    help="What it may do; may be given several times.  [default: read and make]",
)
@click.option("--days", type=click.IntRange(1, 3650), help="Days until it expires.")
@click.option("--json", "as_json", is_flag=True, help="Print the key as JSON.")
def create(user: str, name: str, scopes: tuple[str, ...], days: int | None, as_json: bool) -> None:
    """Create an API key for USER and print it; it is shown this once."""
    request = ApiKeyRequest(name=name, expires_in_days=days)
    if scopes:
        request = msgspec.structs.replace(request, scopes=tuple(map(Scope, dict.fromkeys(scopes))))

    async def work() -> None:
        refuse_faults(request)
        async with session() as opened:
            owner = await opened.use_cases.find_user(user)
            issued = await opened.use_cases.create_api_key(request, owner.id, owner.role)
        if as_json:
            click.echo(msgspec.json.encode(issued).decode())
            return
        say(talker(), f"Created the key {issued.api_key.id} of {owner.name!r}:")
        click.echo(issued.key)

    run(work)


@keys.command("list", cls=RichCommand)
@click.argument("user")
@click.option("--json", "as_json", is_flag=True, help="Print the keys as JSON.")
def list_keys(user: str, as_json: bool) -> None:
    """List the API keys of USER that are not revoked, without their secrets."""

    async def work() -> None:
        async with session() as opened:
            owner = await opened.use_cases.find_user(user)
            api_keys = await opened.use_cases.list_api_keys(owner.id)
        if as_json:
            click.echo(msgspec.json.encode(api_keys).decode())
        else:
            printer().print(_table(api_keys))

    run(work)


@keys.command("revoke", cls=RichCommand)
@click.argument("key_id", metavar="ID", type=click.UUID)
def revoke(key_id: UUID) -> None:
    """Revoke the API key ID, as `keys list` shows it; it is refused from now on."""

    async def work() -> None:
        async with session() as opened:
            await opened.use_cases.revoke_api_key(key_id)
        say(talker(), f"Revoked the key {key_id}.")

    run(work)


@keys.command("rotate", cls=RichCommand)
def rotate() -> None:
    """Replace the secret that signs access tokens; tokens of the old one stay valid until they
    expire.
    """

    async def work() -> None:
        async with session() as opened:
            key_id = await opened.use_cases.rotate_secret()
        say(talker(), f"Tokens are signed by the new secret {key_id}.")

    run(work)


def _table(api_keys: tuple[ApiKey, ...]) -> Table:
    table = Table()
    for name in ("id", "name", "prefix", "scopes", "created", "expires", "last used"):
        table.add_column(name)
    for key in api_keys:
        times = (key.created_at, key.expires_at, key.last_used_at)
        table.add_row(
            str(key.id),
            plain(key.name),
            key.prefix,
            ", ".join(key.scopes),
            *("-" if each is None else f"{each:%Y-%m-%d %H:%M}" for each in times),
        )
    return table
