"""Moments by the database's own clock, the same for every machine that uses it."""

from datetime import timedelta
from typing import Any

from sqlalchemy import DateTime
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import ColumnElement


class Ago(ColumnElement[Any]):
    """The moment so long before the statement is carried out, in UTC."""

    inherit_cache = False
    type = DateTime(timezone=True)

    def __init__(self, by: timedelta = timedelta(0)) -> None:
        """Take how long before."""
        self.seconds = by.total_seconds()


@compiles(Ago, "sqlite")
def _sqlite(moment: Ago, compiler: SQLCompiler, **options: object) -> str:
    # As SQLAlchemy writes moments, so that they compare as text.
    return f"strftime('%Y-%m-%d %H:%M:%f000', 'now', '{-moment.seconds:+.3f} seconds')"


@compiles(Ago, "postgresql")
def _postgres(moment: Ago, compiler: SQLCompiler, **options: object) -> str:
    return f"(clock_timestamp() - make_interval(secs => {moment.seconds:.3f}))"
