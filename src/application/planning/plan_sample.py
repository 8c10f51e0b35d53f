"""Plan a sample dance."""

from uuid import uuid5

import msgspec

from application.media.item_attempts import reason_of
from application.planning.choreography_request import ChoreographyRequest
from application.planning.plan import PlanChoreography
from domain.blueprint.model import Blueprint, Difficulty
from domain.legacy.seeds import NAMESPACE


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """A dance to a song, or the reason why there is none."""

    song_id: str
    blueprint: Blueprint | None = None
    why: str | None = None


class PlanSample:
    """Plans a Blueprint that can be assembled unchanged.

    A song always gives the same dance while the library stays the same.
    """

    def __init__(self, plan: PlanChoreography) -> None:
        """Take the planner."""
        self._plan = plan

    async def __call__(self, song_id: str, number: int, owner: str) -> Sample:
        """Plan a dance to a song; the difficulty cycles through three levels with ``number``."""
        levels = tuple(Difficulty)
        request = ChoreographyRequest(song_id=song_id, difficulty=levels[number % len(levels)])
        try:
            planned = await self._plan(request, uuid5(NAMESPACE, f"sample {song_id}"), owner)
        except Exception as error:
            why = reason_of(error, f"planning a dance to the song {song_id!r}")
            return Sample(song_id=song_id, why=why)
        return Sample(song_id=song_id, blueprint=planned.blueprint)
