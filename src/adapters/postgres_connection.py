"""A connection to Postgres outside the pool, for notifications."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, Final, cast

import asyncpg  # pyright: ignore[reportMissingTypeStubs]
from sqlalchemy import make_url

WAIT: Final = 15.0
"""Maximum seconds to connect, and to get an answer."""
BROKEN: Final = (
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    # The driver raises it if the server's last message and the end of the connection cross a query.
    asyncpg.InternalClientError,
    OSError,
    TimeoutError,
)
"""Errors of a connection that cannot be made or is lost."""
_OF_SQLALCHEMY: Final = ("async_fallback", "prepared_statement_cache_size")
"""Parameters of a URL that the driver does not know."""


@asynccontextmanager
async def direct_connection(url: str, name: str) -> AsyncGenerator[Any]:
    """Open a connection that ``pg_stat_activity`` lists as ``name``; the driver has no types.

    Raises one of `BROKEN`.
    """
    # A service with SQLite imports this module for `BROKEN` alone.
    from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg

    _, options = PGDialect_asyncpg().create_connect_args(make_url(url))
    own_options = {key: value for key, value in options.items() if key not in _OF_SQLALCHEMY}
    connection: Any = await cast(Any, asyncpg).connect(
        **own_options,
        timeout=WAIT,
        command_timeout=WAIT,
        server_settings={"application_name": name},
    )
    try:
        yield connection
    finally:
        # A polite end would wait for an answer that may never come.
        connection.terminate()
