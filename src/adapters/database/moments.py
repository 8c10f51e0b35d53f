"""Times by the database's clock, in UTC, which is the same for every machine that uses it."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import DateTime
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import ColumnElement


class Now(ColumnElement[Any]):
    """The time at which the statement is executed."""

    inherit_cache = True
    type = DateTime(timezone=True)


class Ago(ColumnElement[Any]):
    """A time before the execution of the statement."""

    # The cache key of compiled statements does not include this value.
    inherit_cache = False
    type = DateTime(timezone=True)

    def __init__(self, by: timedelta) -> None:
        """Take the time difference."""
        self.seconds = by.total_seconds()


def utc(moment: datetime) -> datetime:
    """Return a time from a row in UTC; SQLite stores it without its zone."""
    return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)


@compiles(Now, "sqlite")
def _now_sqlite(moment: Now, compiler: SQLCompiler, **options: object) -> str:
    # Format times as SQLAlchemy does, so that they compare as text.
    return "strftime('%Y-%m-%d %H:%M:%f000', 'now')"


@compiles(Ago, "sqlite")
def _ago_sqlite(moment: Ago, compiler: SQLCompiler, **options: object) -> str:
    return f"strftime('%Y-%m-%d %H:%M:%f000', 'now', '{-moment.seconds:+.3f} seconds')"


@compiles(Now, "postgresql")
def _now_postgres(moment: Now, compiler: SQLCompiler, **options: object) -> str:
    return "clock_timestamp()"


@compiles(Ago, "postgresql")
def _ago_postgres(moment: Ago, compiler: SQLCompiler, **options: object) -> str:
    return f"(clock_timestamp() - make_interval(secs => {moment.seconds:.3f}))"
