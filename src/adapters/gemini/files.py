"""Requests to Gemini for a file, with limits on time and size."""

import asyncio
import logging
from typing import Any, Final, Protocol

from adapters.gemini.answers import File, Unanswered
from application.concurrency.threads import IMPORTS
from application.concurrency.timeouts import abandon, passed, within
from domain.shared.errors import WaitedTooLong

_log = logging.getLogger("bachata.gemini")

_CLOSING: Final = 2.0
"""Maximum seconds to finish importing the client, and to close it, at shutdown."""


class FileClient(Protocol):
    """A connection that sends one request to Gemini."""

    async def ask(self, model: str, text: str, options: dict[str, Any]) -> File:
        """Return the file; raises `Unanswered`, or any error of the network."""
        ...

    async def close(self) -> None:
        """Close all connections."""
        ...


class GeminiFiles:
    """Asks a Gemini model for files; each answer has a time limit that includes the start-up.

    Start-up imports google-genai, which takes a second or more, in a thread at the first request.
    """

    def __init__(
        self, api_key: str, model: str, timeout: float, base_url: str | None, most_bytes: int
    ) -> None:
        """Take the key, the model, the maximum seconds and bytes of an answer.

        ``base_url`` is the address of Gemini if it is not Google's.
        """
        self._api_key = api_key
        self._model = model
        self._timeout = timeout
        self._base_url = base_url
        self._most_bytes = most_bytes
        self._opening: asyncio.Task[FileClient] | None = None

    async def ask(self, text: str, options: dict[str, Any]) -> File:
        """Return the file for a text; raises `Unanswered`."""
        # JSON cannot contain lone surrogates.
        sendable = text.encode("utf-8", "replace").decode()
        try:
            async with asyncio.timeout(self._timeout):
                client = await asyncio.shield(self._opened())
                file = await client.ask(self._model, sendable, options)
        except TimeoutError as error:
            raise Unanswered(f"Gemini did not answer within {self._timeout:g} s") from error
        except ImportError as error:
            raise Unanswered("The package google-genai is not installed") from error
        except Unanswered:
            raise
        except Exception as error:
            # The client's transports raise errors without a common base class.
            raise Unanswered("Gemini could not be reached") from error
        if len(file.content) > self._most_bytes:
            raise Unanswered(f"Gemini's file has more than {self._most_bytes // 1_000_000} MB")
        return file

    async def close(self) -> None:
        """Close all connections; call it once, after the last request."""
        if self._opening is None:
            return
        opening, self._opening = self._opening, None
        if not await passed(opening, _CLOSING):
            abandon(opening, "google-genai", _CLOSING)
        elif not opening.cancelled() and opening.exception() is None:
            client = opening.result()
            try:
                await within("Gemini's connections", _CLOSING, client.close())
            except WaitedTooLong as error:
                _log.warning("connections were left open: %s", error)

    def _opened(self) -> asyncio.Task[FileClient]:
        if self._opening is None:
            self._opening = asyncio.create_task(
                IMPORTS.run(lambda: _open(self._api_key, self._base_url, self._most_bytes))
            )
        return self._opening


def _open(api_key: str, base_url: str | None, most_bytes: int) -> FileClient:
    from adapters.gemini.genai_files import GenaiFiles

    return GenaiFiles(api_key, base_url, most_bytes)
