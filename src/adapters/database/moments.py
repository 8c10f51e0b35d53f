"""Moments by the database's own clock, the same for every machine that uses it; in UTC."""

from datetime import timedelta
from typing import Any

from sqlalchemy import DateTime
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import ColumnElement


class Now(ColumnElement[Any]):
    """The moment at which the statement is carried out."""

    inherit_cache = True
    type = DateTime(timezone=True)


class Ago(ColumnElement[Any]):
    """The moment so long before that."""

    # Statements are kept compiled by all but what this holds.
    inherit_cache = False
    type = DateTime(timezone=True)

    def __init__(self, by: timedelta) -> None:
        """Take how long before."""
        self.seconds = by.total_seconds()


@compiles(Now, "sqlite")
def _now_sqlite(moment: Now, compiler: SQLCompiler, **options: object) -> str:
    # As SQLAlchemy writes moments, so that they compare as text.
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
