"""A description model with fixed answers."""

from collections.abc import Sequence

import msgspec

from application.ports.description_model import Parsed, Proposal, Reader, Slot
from domain.library.moves import Move
from domain.library.songs import Song
from domain.shared.result_warnings import ResultWarning
from domain.text_query.words import Asked, read


class MemoryDescriptionModel:
    """Returns ``request`` for every description, and proposes ``favourites`` wherever possible.

    Without ``request`` it interprets by rules. All results contain ``warnings``.
    """

    def __init__(
        self,
        request: Asked | None = None,
        favourites: Sequence[str] = (),
        warnings: Sequence[ResultWarning] = (),
    ) -> None:
        """Take the answers; the first of the favourites that is a candidate is proposed."""
        self._request = request
        self._favourites = tuple(favourites)
        self._warnings = tuple(warnings)

    async def parse(self, text: str, songs: Sequence[Song], labels: Sequence[str]) -> Parsed:
        """See `application.ports.description_model.DescriptionModel`."""
        request = self._request or read(text, songs, labels)
        if all(song.id != request.song_id for song in songs):
            request = msgspec.structs.replace(request, song_id=None)
        return Parsed(request=request, by=Reader.RULES, warnings=self._warnings)

    async def order(
        self, text: str, slots: Sequence[Slot], moves: Sequence[Move], spent: float = 0.0
    ) -> Proposal:
        """See `application.ports.description_model.DescriptionModel`."""
        proposed = tuple(
            next((each for each in self._favourites if each in slot.candidates), None)
            for slot in slots
        )
        return Proposal(move_ids=proposed, warnings=self._warnings)

    async def ready(self) -> None:
        """See `application.ports.description_model.DescriptionModel`."""
