"""Questions to Gemini that are answered in time, or not at all."""

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
"""Seconds that the client may take to be loaded, and then to be closed, when all ends."""


class Line(Protocol):
    """What carries one question to Gemini."""

    async def ask(self, model: str, instruction: str, data: str, schema: dict[str, Any]) -> str:
        """Return the answer, or raise `Unanswered` or whatever the network raises."""
        ...

    async def close(self) -> None:
        """Let go of every connection."""
        ...


class Gemini:
    """Answers the questions about a dance within a time limit, the time to get ready counted in.

    Getting ready means to import google-genai, which takes a second or more: it is done on the
    first question, or by `ready`, in a thread.
    """

    def __init__(self, api_key: str, model: str, timeout: float, base_url: str | None) -> None:
        """Take the seconds all questions about a dance may last."""
        self._api_key = api_key
        self._model = model
        self._timeout = timeout
        self._base_url = base_url
        self._opening: asyncio.Task[Line] | None = None

    async def ready(self) -> None:
        """Get ready ahead of the first question; does nothing where that is impossible."""
        await asyncio.wait([self._opened()])

    async def answer(
        self,
        instruction: str,
        data: object,
        schema: dict[str, Any],
        kind: type[T],
        spent: float = 0.0,
    ) -> T:
        """Ask about data, which is sent as a JSON document; raise `Unanswered` for no good answer.

        The instruction is sent apart from the data, so that one cannot pass for the other. Of the
        time limit ``spent`` seconds are over; when all of it is, nothing is asked.
        """
        document = msgspec.json.encode(data).decode()
        left = self._timeout - spent
        if left <= 0:
            raise Unanswered(f"The {self._timeout:g} s that Gemini has for a dance were over")
        try:
            async with asyncio.timeout(left):
                line = await asyncio.shield(self._opened())
                said = await line.ask(self._model, instruction, document, schema)
        except TimeoutError as error:
            raise Unanswered(f"Gemini did not answer within {self._timeout:g} s") from error
        except ImportError as error:
            raise Unanswered("The package google-genai is not installed") from error
        except Unanswered:
            raise
        except Exception as error:
            # The client's transports raise errors of their own, of no common kind.
            raise Unanswered("Gemini could not be reached") from error
        try:
            return msgspec.json.decode(said, type=kind)
        except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
            raise Unanswered("Gemini's answer was not of the agreed form") from error

    async def close(self) -> None:
        """Let go of every connection."""
        if self._opening is None:
            return
        opening, self._opening = self._opening, None
        if not await passed(opening, _CLOSING):
            abandon(opening, "google-genai", _CLOSING)
        elif not opening.cancelled() and opening.exception() is None:
            line = opening.result()
            try:
                await within("Gemini's connections", _CLOSING, line.close())
            except WaitedTooLong as error:
                _log.warning("connections were left open: %s", error)

    def _opened(self) -> asyncio.Task[Line]:
        if self._opening is None:
            self._opening = asyncio.create_task(
                IMPORTS.run(lambda: _open(self._api_key, self._base_url))
            )
        return self._opening


def _open(api_key: str, base_url: str | None) -> Line:
    from adapters.description_model.line import GenaiLine

    return GenaiLine(api_key, base_url)
