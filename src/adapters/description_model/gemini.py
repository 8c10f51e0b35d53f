"""A description model that asks Gemini, with a fallback if Gemini fails."""

from collections.abc import Sequence

import msgspec

from adapters.description_model import ordering, reading
from adapters.description_model.asking import Gemini
from adapters.description_model.offline import OfflineDescriptionModel, curtailed
from adapters.description_model.unanswered import Unanswered
from application.ports.description_model import DescriptionModel, Parsed, Proposal, Reader, Slot
from domain.library.moves import Move
from domain.library.songs import Song
from domain.shared.result_warnings import ResultWarning, WarningCode
from domain.text_query.tokens import MOST_CHARACTERS

MODEL = "gemini-flash-lite-latest"
"""Google's alias for its newest small model; larger models exceed the time limit."""


class GeminiDescriptionModel:
    """Asks a Gemini model, for at most ``timeout`` seconds per dance, and validates the answers.

    Without a valid answer, ``fallback`` answers, and ``warnings`` say why.
    """

    def __init__(
        self,
        api_key: str,
        model: str = MODEL,
        timeout: float = 5.0,
        base_url: str | None = None,
        fallback: DescriptionModel | None = None,
    ) -> None:
        """Take a key; ``base_url`` is the address of Gemini if it is not Google's."""
        self._gemini = Gemini(api_key, model, timeout, base_url)
        self._fallback = fallback or OfflineDescriptionModel()

    async def ready(self) -> None:
        """Import the client for the first question, which takes a second or more."""
        await self._gemini.ready()

    async def close(self) -> None:
        """Close all connections; call it once, after the last question."""
        await self._gemini.close()

    async def parse(self, text: str, songs: Sequence[Song], labels: Sequence[str]) -> Parsed:
        """See `application.ports.description_model.DescriptionModel`."""
        by_rules = await self._fallback.parse(text, songs, labels)
        if not (description := _sendable(text)).strip():
            return by_rules
        data, unseen = reading.question(description, songs, labels, by_rules.request)
        try:
            answer = await self._gemini.answer(
                reading.INSTRUCTION, data, reading.SCHEMA, reading.Answer
            )
        except Unanswered as reason:
            message = f"{reason}; rules read the description instead."
            warning = ResultWarning(WarningCode.MODEL_UNAVAILABLE, message)
            return msgspec.structs.replace(by_rules, warnings=(*by_rules.warnings, warning))
        request, dropped = reading.checked(answer, songs, labels, by_rules.request)
        return Parsed(
            request=request, by=Reader.GEMINI, warnings=(*curtailed(text), *unseen, *dropped)
        )

    async def order(
        self, text: str, slots: Sequence[Slot], moves: Sequence[Move], spent: float = 0.0
    ) -> Proposal:
        """See `application.ports.description_model.DescriptionModel`."""
        if not any(slot.candidates for slot in slots):
            return await self._fallback.order(text, slots, moves, spent)
        data = ordering.question(_sendable(text), slots, moves)
        try:
            answer = await self._gemini.answer(
                ordering.INSTRUCTION, data, ordering.SCHEMA, ordering.Answer, spent
            )
        except Unanswered as reason:
            proposal = await self._fallback.order(text, slots, moves, spent)
            message = f"{reason}; the planner chose the moves."
            warning = ResultWarning(WarningCode.MODEL_UNAVAILABLE, message)
            return msgspec.structs.replace(proposal, warnings=(*proposal.warnings, warning))
        return ordering.checked(answer, slots)


def _sendable(text: str) -> str:
    """Return the part of a text that is read, without lone surrogates, which
    JSON cannot contain.
    """
    return text[:MOST_CHARACTERS].encode("utf-8", "replace").decode()
