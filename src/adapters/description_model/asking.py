"""Requests to Gemini with a time limit."""

import asyncio
import logging
from typing import Any, Final, Protocol, TypeVar

import msgspec

from adapters.description_model.unanswered import Unanswered
from application.concurrency.threads import IMPORTS
from application.concurrency.timeouts import abandon, passed, within
from domain.shared.errors import WaitedTooLong

T = TypeVar("T")

_log = logging.getLogger("bachata.gemini")

_CLOSING: Final = 2.0
"""Maximum seconds to finish importing the client, and to close it, at shutdown."""


class GeminiClient(Protocol):
    """A connection that sends one question to Gemini."""

    async def ask(self, model: str, instruction: str, data: str, schema: dict[str, Any]) -> str:
        """Return the answer; raises `Unanswered`, or any error of the network."""
        ...

    async def close(self) -> None:
        """Close all connections."""
        ...


class Gemini:
    """Answers questions about a dance within a time limit that includes the start-up.

    Start-up imports google-genai, which takes a second or more; it happens in a thread at the first
    question, or in `ready`.
    """

    def __init__(self, api_key: str, model: str, timeout: float, base_url: str | None) -> None:
        """Take the maximum seconds of all questions about one dance."""
        self._api_key = api_key
        self._model = model
        self._timeout = timeout
        self._base_url = base_url
        self._opening: asyncio.Task[GeminiClient] | None = None

    async def ready(self) -> None:
        """Import the client before the first question; does nothing if that is impossible."""
        await asyncio.wait([self._opened()])

    async def answer(
        self,
        instruction: str,
        data: object,
        schema: dict[str, Any],
        kind: type[T],
        spent: float = 0.0,
    ) -> T:
        """Ask about data, which is sent as a JSON document; raises `Unanswered` if there is no
        valid answer.

        The instruction is sent separately, so that data cannot pass for instructions. ``spent`` is
        the part of the time limit already used, in seconds; if nothing is left, no request is sent.
        """
        document = msgspec.json.encode(data).decode()
        seconds = self._timeout - spent
        if seconds <= 0:
            raise Unanswered(
                f"The {self._timeout:g} s time limit of Gemini for one dance was used up"
            )
        try:
            async with asyncio.timeout(seconds):
                client = await asyncio.shield(self._opened())
                text = await client.ask(self._model, instruction, document, schema)
        except TimeoutError as error:
            raise Unanswered(f"Gemini did not answer within {self._timeout:g} s") from error
        except ImportError as error:
            raise Unanswered("The package google-genai is not installed") from error
        except Unanswered:
            raise
        except Exception as error:
            # The client's transports raise errors without a common base class.
            raise Unanswered("Gemini could not be reached") from error
        try:
            return msgspec.json.decode(text, type=kind)
        except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
            raise Unanswered("Gemini's answer did not match the schema") from error

    async def close(self) -> None:
        """Close all connections."""
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

    def _opened(self) -> asyncio.Task[GeminiClient]:
        if self._opening is None:
            self._opening = asyncio.create_task(
                IMPORTS.run(lambda: _open(self._api_key, self._base_url))
            )
        return self._opening


def _open(api_key: str, base_url: str | None) -> GeminiClient:
    from adapters.description_model.genai_client import GenaiClient

    return GenaiClient(api_key, base_url)
