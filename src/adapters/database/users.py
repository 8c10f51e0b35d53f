"""Store users as rows."""

from typing import Any, Final

from sqlalchemy import Row, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.engine import Database
from adapters.database.library_rows import storable
from adapters.database.moments import Now
from adapters.database.tables import UserRow
from application.ports.users import Change
from domain.accounts.errors import RegistrationClosed, UserNotFound, UserTaken
from domain.accounts.users import Role, User, folded

_FIRST: Final = 0x66697273742075
"""Number of the Postgres lock that makes first users wait for each other ("first u")."""


class SqlUserRepository:
    """Each call is one short transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, user: User, *, first: bool = False) -> None:
        """See `application.ports.users.UserRepository`."""

        async def work(connection: AsyncConnection) -> bool:
            if first and connection.dialect.name == "postgresql":
                await connection.execute(select(func.pg_advisory_xact_lock(_FIRST)))
            if first and (await connection.execute(select(UserRow.id).limit(1))).first():
                return False
            row = insert(UserRow).values(id=user.id, created_at=Now(), **_columns(user))
            await connection.execute(row)
            return True

        try:
            added = await self._database.transact(work)
        except IntegrityError:
            raise UserTaken from None
        if not added:
            raise RegistrationClosed

    async def get(self, user_id: str) -> User:
        """See `application.ports.users.UserRepository`."""
        if not storable(user_id):
            raise UserNotFound
        query = select(UserRow.__table__).where(UserRow.id == user_id)
        return _only(list(await self._database.read(query)))

    async def named(self, name: str) -> User:
        """See `application.ports.users.UserRepository`."""
        if not storable(name):
            raise UserNotFound
        query = select(UserRow.__table__).where(UserRow.folded_name == folded(name))
        return _only(list(await self._database.read(query)))

    async def update(self, user_id: str, change: Change) -> User:
        """See `application.ports.users.UserRepository`."""
        query = select(UserRow.__table__).where(UserRow.id == user_id).with_for_update()

        async def work(connection: AsyncConnection) -> User | None:
            row = (await connection.execute(query)).one_or_none()
            if row is None:
                return None
            after = change(user_of(row))
            written = update(UserRow).where(UserRow.id == user_id).values(**_columns(after))
            await connection.execute(written)
            return after

        after = await self._database.transact(work) if storable(user_id) else None
        if after is None:
            raise UserNotFound
        return after


def user_of(row: Row[Any]) -> User:
    """Return the user of a row that has the columns of `UserRow`."""
    return User(
        id=row.id,
        name=row.name,
        role=Role(row.role),
        password_hash=row.password_hash,
        disabled=row.disabled,
    )


def _columns(user: User) -> dict[str, Any]:
    return {
        "name": user.name,
        "folded_name": user.folded_name,
        "role": user.role.value,
        "password_hash": user.password_hash,
        "disabled": user.disabled,
    }


def _only(rows: list[Row[Any]]) -> User:
    if not rows:
        raise UserNotFound
    return user_of(rows[0])
