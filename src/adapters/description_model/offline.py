"""A description model that needs no network."""

from collections.abc import Sequence

from application.concurrency.threads import PLANNING
from application.ports.description_model import Parsed, Proposal, Reader, Slot
from domain.library.moves import Move
from domain.library.songs import Song
from domain.shared.result_warnings import ResultWarning, WarningCode
from domain.text_query.tokens import MOST_CHARACTERS
from domain.text_query.words import read


class OfflineDescriptionModel:
    """Reads descriptions by rules, and leaves the choice of moves to the planner."""

    async def parse(self, text: str, songs: Sequence[Song], labels: Sequence[str]) -> Parsed:
        """See `application.ports.description_model.DescriptionModel`."""
        request = await PLANNING.run(lambda: read(text, songs, labels))
        return Parsed(request=request, by=Reader.RULES, warnings=curtailed(text))

    async def order(
        self, text: str, slots: Sequence[Slot], moves: Sequence[Move], spent: float = 0.0
    ) -> Proposal:
        """See `application.ports.description_model.DescriptionModel`."""
        return Proposal(move_ids=(None,) * len(slots))

    async def ready(self) -> None:
        """See `application.ports.description_model.DescriptionModel`."""


def curtailed(text: str) -> tuple[ResultWarning, ...]:
    """Return a warning if the text is too long to be read completely."""
    if len(text) <= MOST_CHARACTERS:
        return ()
    message = f"Only the first {MOST_CHARACTERS:,} characters of the description were read."
    return (ResultWarning(WarningCode.DESCRIPTION_CUT, message),)
