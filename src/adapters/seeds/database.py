"""The database of the earlier system, on Postgres or SQLite, opened read-only."""

import sqlite3
from collections.abc import AsyncGenerator, AsyncIterator, Generator, Mapping
from contextlib import asynccontextmanager, contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote
from uuid import UUID

from sqlalchemy import (
    URL,
    ColumnElement,
    Connection,
    column,
    func,
    inspect,
    make_url,
    select,
    table,
)
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from adapters.postgres_connection import BROKEN
from domain.legacy.seeds import KEYS, Model, Record, model_of_table
from domain.shared.errors import InvalidRequest, NotReady
from domain.shared.violations import Violation

_WAIT: Final = 15
"""Maximum seconds to wait for the server, or for a writer of the file."""
_PAGE: Final = 500
"""Number of rows per fetch."""
_DJANGOS: Final = ("django_", "auth_", "sqlite_")
"""Prefixes of the tables that Django and SQLite keep for themselves."""

Tables = Mapping[Model, tuple[str, tuple[str, ...]]]
"""The table of a model, and its columns."""


class DatabaseSeedSource:
    """Yields records of the tables whose names and columns are those of the earlier system."""

    def __init__(
        self, name: str, connection: AsyncConnection, tables: Tables, others: tuple[str, ...]
    ) -> None:
        self.name = name
        self.media: Path | None = None
        self._connection = connection
        self._tables = tables
        self._others = others

    async def records(self, model: Model) -> AsyncIterator[Record]:
        """See `application.ports.seed_source.SeedSource`."""
        if model not in self._tables:
            return
        name, columns = self._tables[model]
        key = KEYS[model]
        # Columns without a type return the driver's values, which are the same in all versions.
        selection: list[ColumnElement[Any]] = [column(each) for each in columns]
        rows = select(*selection).select_from(table(name))
        with _translated(self.name):
            async with self._connection.stream(
                rows.order_by(column(key)), execution_options={"yield_per": _PAGE}
            ) as result:
                async for row in result.mappings():
                    fields = {each: _plain(row[each]) for each in columns}
                    yield Record(key=str(fields[key]), fields=fields, source=name)

    async def others(self) -> Mapping[str, int]:
        """See `application.ports.seed_source.SeedSource`."""
        counted: dict[str, int] = {}
        with _translated(self.name):
            for name in self._others:
                rows = select(func.count()).select_from(table(name))
                counted[name] = (await self._connection.execute(rows)).scalar_one()
        return {name: count for name, count in counted.items() if count}

    async def passed_over(self) -> tuple[str, ...]:
        """See `application.ports.seed_source.SeedSource`."""
        return ()


@asynccontextmanager
async def open_seed_database(dsn: str) -> AsyncGenerator[DatabaseSeedSource]:
    """Open `postgresql://user:password@host/name` or `sqlite:///file` read-only.

    All reads share one read-only transaction. Raises `InvalidRequest` if it has no tables of the
    earlier system, `NotReady` if it cannot be read.
    """
    url = _parsed(dsn)
    name = _name(url)
    url, options = _for_reading(url, name)
    engine = create_async_engine(
        url, poolclass=NullPool, hide_parameters=True, connect_args=options
    )
    try:
        with _translated(name):
            connection = await engine.connect()
        try:
            with _translated(name):
                if url.get_backend_name() == "postgresql":
                    await connection.execution_options(
                        isolation_level="REPEATABLE READ", postgresql_readonly=True
                    )
                tables, others = await connection.run_sync(_looked_over)
            if not tables:
                message = f"There are no tables of the earlier system in the {name}."
                raise InvalidRequest((Violation(path="dsn", message=message),))
            yield DatabaseSeedSource(name, connection, tables, others)
        finally:
            await connection.close()
    finally:
        await engine.dispose()


def _looked_over(connection: Connection) -> tuple[Tables, tuple[str, ...]]:
    """Return the tables of the earlier system, and the names of other tables
    that are not Django's.
    """
    inspector = inspect(connection)
    tables: dict[Model, tuple[str, tuple[str, ...]]] = {}
    others: list[str] = []
    for name in sorted(inspector.get_table_names()):
        columns = tuple(each["name"] for each in inspector.get_columns(name))
        model = model_of_table(name, columns)
        if model is not None and model not in tables:
            tables[model] = (name, columns)
        elif not name.startswith(_DJANGOS):
            others.append(name)
    return tables, tuple(others)


def _parsed(dsn: str) -> URL:
    try:
        url = make_url(dsn)
    except (ArgumentError, ValueError):
        # The parser's own message may contain the password.
        raise _refusal("The address of the database is not valid.") from None
    if url.drivername.partition("+")[0] not in ("postgresql", "postgres", "sqlite"):
        raise _refusal("The address begins with postgresql:// or sqlite:///.")
    return url


def _for_reading(url: URL, name: str) -> tuple[URL, dict[str, Any]]:
    if not url.drivername.startswith("sqlite"):
        options = {"timeout": _WAIT, "server_settings": {"application_name": "bachata-buddy"}}
        return url.set(drivername="postgresql+asyncpg"), options
    file = Path(url.database or "")
    if not file.is_file():
        raise NotReady(f"The {name} is not there.")
    # Escape the special characters of a URI; `ro` prevents all writes.
    place = f"file:{quote(str(file.absolute()))}"
    reading = URL.create("sqlite+aiosqlite", database=place, query={"mode": "ro", "uri": "true"})
    return reading, {"timeout": _WAIT}


def _name(url: URL) -> str:
    if url.drivername.startswith("sqlite"):
        return f"SQLite database {Path(url.database or '').name!r}"
    server = f" at {url.host}:{url.port or 5432}" if url.host else ""
    return f"Postgres database {url.database!r}{server}"


def _plain(value: object) -> object:
    """Return a driver's value as a plain Python value."""
    if isinstance(value, UUID):
        return str(value)
    return float(value) if isinstance(value, Decimal) else value


def _refusal(message: str) -> InvalidRequest:
    return InvalidRequest((Violation(path="dsn", message=message),))


@contextmanager
def _translated(name: str) -> Generator[None]:
    try:
        yield
    except (
        SQLAlchemyError,
        sqlite3.Error,
        # SQLAlchemy does not wrap all errors of a lost connection.
        *BROKEN,
    ) as error:
        raise NotReady(f"The {name} cannot be read.", details=type(error).__name__) from error
