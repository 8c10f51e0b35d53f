"""Count attempts in rows."""

import hashlib
from datetime import timedelta

from sqlalchemy import case, delete, insert, literal, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.engine import Database
from adapters.database.moments import Ago, Now, utc
from adapters.database.tables import AttemptRow
from application.ports.attempts import Attempts


class SqlAttemptCounter:
    """Each call changes one row, so that no two calls can wait for each other in a circle.

    Counts need not survive a power failure. The keys are stored as digests, because somebody may
    have typed a password in place of a name.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def count(self, key: str, window: timedelta) -> Attempts:
        """See `application.ports.attempts.AttemptCounter`."""
        digest, over = _digest(key), AttemptRow.began_at <= Ago(window)
        one_more = (
            update(AttemptRow)
            .where(AttemptRow.key == digest)
            .values(
                number=case((over, literal(1)), else_=AttemptRow.number + 1),
                began_at=case((over, Now()), else_=AttemptRow.began_at),
            )
            .returning(AttemptRow.number, AttemptRow.began_at, Now().label("now"))
        )
        first = insert(AttemptRow).values(key=digest, number=1, began_at=Now())

        async def work(connection: AsyncConnection) -> Attempts:
            row = (await connection.execute(one_more)).one_or_none()
            if row is None:
                await connection.execute(first)
                return Attempts(1, window)
            left = utc(row.began_at) + window - utc(row.now)
            return Attempts(row.number, max(left, timedelta()))

        while True:
            try:
                return await self._database.transact(work, durable=False)
            except IntegrityError:
                # Another process has inserted the row in between; now it can be updated.
                continue

    async def take_back(self, key: str) -> None:
        """See `application.ports.attempts.AttemptCounter`."""
        of_key = update(AttemptRow).where(AttemptRow.key == _digest(key), AttemptRow.number > 0)
        await self._database.write(of_key.values(number=AttemptRow.number - 1), durable=False)

    async def prune(self, window: timedelta) -> None:
        """See `application.ports.attempts.AttemptCounter`."""
        over = AttemptRow.began_at <= Ago(window)
        await self._database.write(delete(AttemptRow).where(over), durable=False)


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode(errors="surrogatepass")).hexdigest()
