"""PgQueuer on our connections: the names of its tables, its statements, its installation."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import cache
from typing import Any, Final, cast

from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver
from pgqueuer.adapters.persistence.qb import (
    QueryBuilderEnvironment,
    QueryQueueBuilder,
    QuerySchedulerBuilder,
)
from pgqueuer.adapters.persistence.queries import Queries
from pgqueuer.domain.settings import DBSettings, Durability
from pgqueuer.domain.types import Channel
from pgqueuer.ports.driver import Driver
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.postgres_connection import BROKEN, direct_connection
from domain.shared.errors import NotReady

CHANNEL: Final = Channel("ch_pgqueuer")
QUEUE: Final = "pgqueuer"
LOG: Final = "pgqueuer_log"
APPLICATION: Final = "bachata-buddy worker"
"""Name of a worker's connection in ``pg_stat_activity``."""


class TransactionDriver:
    """The part of PgQueuer's driver that announces jobs, in an open transaction of SQLAlchemy."""

    def __init__(self, connection: AsyncConnection) -> None:
        """Take the connection of the transaction."""
        self._connection = connection

    async def fetch(self, query: str, *args: object) -> list[dict[str, object]]:
        """Return the rows of a statement with numbered parameters."""
        result = await self._connection.exec_driver_sql(query, args)
        return [dict(row) for row in result.mappings()]


def queries_on(driver: Driver | TransactionDriver) -> Queries:
    """Return PgQueuer's statements, to be executed by ``driver``."""
    return Queries(cast(Driver, driver), *_statements())


@cache
def _statements() -> tuple[QueryBuilderEnvironment, QueryQueueBuilder, QuerySchedulerBuilder]:
    """Return the texts of the statements; PgQueuer's variables in the environment do not count."""
    names = DBSettings(
        prefix="",
        db_schema=None,
        channel=CHANNEL,
        function="fn_pgqueuer_changed",
        statistics_table="pgqueuer_statistics",
        queue_status_type="pgqueuer_status",
        queue_table=QUEUE,
        queue_table_log=LOG,
        trigger="tg_pgqueuer_changed",
        schedules_table="pgqueuer_schedules",
        durability=Durability.durable,
        widen_id=True,
    )
    return QueryBuilderEnvironment(names), QueryQueueBuilder(names), QuerySchedulerBuilder(names)


@asynccontextmanager
async def engine_connection(url: str) -> AsyncGenerator[tuple[Any, Queries]]:
    """Open a connection for LISTEN with PgQueuer's statements; raises as `direct_connection`."""
    async with direct_connection(url, APPLICATION) as connection:
        yield connection, queries_on(AsyncpgDriver(connection))


async def install(url: str) -> int:
    """Create or upgrade PgQueuer's tables; return the number of executed statements.

    Several processes may do so at the same time. Raises `NotReady`.
    """
    try:
        async with engine_connection(url) as (_, queries):
            return len((await queries.apply_upgrade()).statements)
    except BROKEN as error:
        raise NotReady(
            "The tables of PgQueuer cannot be made.", details=type(error).__name__
        ) from error
