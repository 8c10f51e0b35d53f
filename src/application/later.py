"""Songs heard after whoever brought them has been answered."""

import asyncio
import logging
from collections import deque

from application.usecases.hear import HearSong
from domain.errors import BachataError

_log = logging.getLogger("bachata.later")


class HearLater:
    """Hears songs one after another; what is not done when the service ends is heard when asked."""

    def __init__(self, hear: HearSong) -> None:
        """Take who hears."""
        self._hear = hear
        self._waiting: deque[str] = deque()
        self._working: asyncio.Task[None] | None = None

    def __call__(self, song_id: str) -> None:
        """Have a song heard soon."""
        self._waiting.append(song_id)
        if self._working is None:
            self._working = asyncio.create_task(self._work())

    async def done(self) -> None:
        """Return once there is nothing left to hear."""
        if self._working is not None:
            await asyncio.wait([self._working])

    async def close(self) -> None:
        """Stop hearing."""
        self._waiting.clear()
        if self._working is not None:
            self._working.cancel()
            await asyncio.wait([self._working])

    async def _work(self) -> None:
        try:
            while self._waiting:
                await self._heard(self._waiting.popleft())
        finally:
            self._working = None

    async def _heard(self, song_id: str) -> None:
        try:
            await self._hear(song_id)
        except BachataError as error:
            _log.warning("the song %r was not heard: %s", song_id, error)
        except Exception:
            _log.exception("the song %r was not heard", song_id)
