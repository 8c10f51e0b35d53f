"""Store the keys that sign tokens as rows."""

from datetime import timedelta

from sqlalchemy import insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.engine import Database
from adapters.database.moments import Ago, Now
from adapters.database.tables import SigningKeyRow
from application.ports.signing_keys import SigningKey


class SqlSigningKeys:
    """Each call is one short transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def valid(self) -> tuple[SigningKey, ...]:
        """See `application.ports.signing_keys.SigningKeys`."""
        row = SigningKeyRow
        query = (
            select(row.id, row.secret)
            .where(or_(row.retires_at.is_(None), row.retires_at > Now()))
            .order_by(row.retires_at.is_not(None), row.created_at.desc(), row.id)
        )
        rows = await self._database.read(query)
        return tuple(SigningKey(id=each.id, secret=each.secret) for each in rows)

    async def add(self, key: SigningKey, overlap: timedelta) -> None:
        """See `application.ports.signing_keys.SigningKeys`."""
        retiring = update(SigningKeyRow).where(SigningKeyRow.retires_at.is_(None))
        new = insert(SigningKeyRow).values(id=key.id, secret=key.secret, created_at=Now())

        async def work(connection: AsyncConnection) -> None:
            await connection.execute(retiring.values(retires_at=Ago(-overlap)))
            await connection.execute(new)

        await self._database.transact(work)
