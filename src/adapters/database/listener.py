"""Notifications of Postgres, on one connection that is opened again when it breaks."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any, Final

from adapters.postgres_connection import BROKEN, direct_connection
from application.concurrency.retries import pause

_log = logging.getLogger("bachata.database")

APPLICATION: Final = "bachata-buddy listener"
"""Name of the connection in ``pg_stat_activity``."""
CHECKED: Final = 10.0
"""Seconds between two checks that a silent connection is alive."""


class Listener:
    """Calls ``heard`` with the text of each notification of a channel.

    It is called with None after each connection: notifications may have been lost before. The
    server must not be behind a pooler that shares connections between transactions.
    """

    def __init__(
        self, url: str, channel: str, heard: Callable[[str | None], None], checked: float = CHECKED
    ) -> None:
        """Take the URL of the database, and the seconds between two checks of the connection."""
        self._url = url
        self._channel = channel
        self._heard = heard
        self._checked = checked

    async def run(self) -> None:
        """Listen until cancelled."""
        failures = 0
        while True:
            try:
                async with direct_connection(self._url, APPLICATION) as connection:
                    failures = 0
                    await self._listen(connection)
            except BROKEN as error:
                failures += 1
                facts = {"error": type(error).__name__, "failures": failures}
                _log.warning("no notifications come from the database", extra=facts)
            except Exception:
                failures += 1
                _log.exception("no notifications come from the database")
            await asyncio.sleep(pause(failures))

    async def _listen(self, connection: Any) -> None:  # noqa: ANN401 - the driver has no types
        """Listen until the connection breaks, and raise its error."""
        broken = asyncio.Event()

        def heard(_connection: object, _process: int, _channel: str, text: str) -> None:
            self._heard(text)

        def ended(_connection: object) -> None:
            broken.set()

        connection.add_termination_listener(ended)
        await connection.add_listener(self._channel, heard)
        self._heard(None)
        while not broken.is_set():
            try:
                async with asyncio.timeout(self._checked):
                    await broken.wait()
            except TimeoutError:
                await connection.execute("SELECT 1")
        raise ConnectionResetError("The server has closed the connection.")
