"""Store log-ins as rows."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, Update, delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.engine import Database
from adapters.database.library_rows import storable
from adapters.database.moments import Ago, Now, utc
from adapters.database.tables import LoginRow, UserRow
from adapters.database.users import user_of
from application.ports.logins import LiveLogin
from domain.accounts.errors import TokenRejected, TokenReused


class SqlLogins:
    """Each call is one short transaction; the one row of a log-in puts its tokens in an order."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def start(self, login_id: UUID, user_id: str, digest: str, life: timedelta) -> LiveLogin:
        """See `application.ports.logins.Logins`."""
        if not storable(user_id):
            raise TokenRejected
        old = delete(LoginRow).where(
            LoginRow.user_id == user_id,
            or_(LoginRow.revoked, LoginRow.expires_at <= Now()),
        )
        new = insert(LoginRow).values(
            id=login_id,
            user_id=user_id,
            digest=digest,
            created_at=Now(),
            expires_at=_after(life),
            revoked=False,
        )

        of_user = select(*UserRow.__table__.columns, Now().label("now")).where(
            UserRow.id == user_id, ~UserRow.disabled
        )

        async def work(connection: AsyncConnection) -> LiveLogin | None:
            row = (await connection.execute(of_user)).one_or_none()
            if row is None:
                return None
            await connection.execute(old)
            await connection.execute(new)
            return _login(row)

        return _granted(await self._database.transact(work))

    async def exchange(self, login_id: UUID, old: str, new: str, life: timedelta) -> LiveLogin:
        """See `application.ports.logins.Logins`."""
        of_old = update(LoginRow).where(
            LoginRow.id == login_id,
            LoginRow.digest == old,
            ~LoginRow.revoked,
            LoginRow.expires_at > Now(),
        )

        async def work(connection: AsyncConnection) -> tuple[LiveLogin | None, bool]:
            changed = of_old.values(digest=new, expires_at=_after(life))
            is_newest = bool((await connection.execute(changed)).rowcount)
            live = await _live(connection, login_id)
            reused = live is not None and not is_newest
            if reused:
                await connection.execute(_revoking().where(LoginRow.id == login_id))
            return live, reused

        live, reused = await self._database.transact(work)
        if reused:
            # Raised within the transaction, the error would undo the revocation.
            raise TokenReused
        return _granted(live)

    async def live(self, login_id: UUID) -> LiveLogin | None:
        """See `application.ports.logins.Logins`."""
        rows = await self._database.read(_of_live(login_id))
        return _login(rows[0]) if rows else None

    async def revoke(self, login_id: UUID) -> None:
        """See `application.ports.logins.Logins`."""
        await self._database.write(_revoking().where(LoginRow.id == login_id))

    async def revoke_all(self, user_id: str) -> None:
        """See `application.ports.logins.Logins`."""
        if storable(user_id):
            await self._database.write(_revoking().where(LoginRow.user_id == user_id))


async def _live(connection: AsyncConnection, login_id: UUID) -> LiveLogin | None:
    row = (await connection.execute(_of_live(login_id))).one_or_none()
    return None if row is None else _login(row)


def _of_live(login_id: UUID) -> Select[Any]:
    """Return the query for the user of a log-in, with the current time."""
    return (
        select(*UserRow.__table__.columns, Now().label("now"))
        .join_from(LoginRow, UserRow, LoginRow.user_id == UserRow.id)
        .where(
            LoginRow.id == login_id,
            ~LoginRow.revoked,
            LoginRow.expires_at > Now(),
            ~UserRow.disabled,
        )
    )


def _login(row: Row[Any]) -> LiveLogin:
    return LiveLogin(user_of(row), utc(row.now))


def _after(life: timedelta) -> Ago:
    """Return the time at which something ends that begins now."""
    return Ago(-life)


def _revoking() -> Update:
    return update(LoginRow).values(revoked=True)


def _granted(live: LiveLogin | None) -> LiveLogin:
    if live is None:
        raise TokenRejected
    return live
