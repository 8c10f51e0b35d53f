"""Understand a description of a dance, and make it."""

from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from application.ports.choreographer import Choreographer, Reader
from application.ports.library import Library, MoveFilter, SongFilter
from application.usecases.assemble import FinishedFilm
from application.usecases.browse import everything
from application.usecases.generate import GenerateChoreography
from application.usecases.plan import ChoreographyRequest
from domain.errors import SongNotFound
from domain.wording.choosing import choose_song
from domain.words import Asked


class DescribedRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A dance in a person's own words, English or Spanish."""

    query: Annotated[str, Meta(min_length=1, max_length=2000)]
    song_id: str | None = None
    """The song; where it is left out, the one that is named or that fits best."""
    seed: int = 0


class Understanding(msgspec.Struct, frozen=True, kw_only=True):
    """What a description was understood as."""

    request: ChoreographyRequest
    """The parameters it stands for."""
    asked: Asked
    """All that was understood, and the words that were not."""
    parsed_by: Reader
    degradations: tuple[str, ...] = ()


class DescribedFilm(FinishedFilm, frozen=True, kw_only=True):
    """A film made from a description."""

    parameters: Understanding


class UnderstandDescription:
    """Turn words into the parameters of a choreography; no dance is planned."""

    def __init__(self, library: Library, choreographer: Choreographer) -> None:
        """Take the ports."""
        self._library = library
        self._choreographer = choreographer

    async def __call__(self, described: DescribedRequest) -> Understanding:
        """Return what was understood; raises `SongNotFound` when there is no such song, or none."""
        songs = await everything(lambda after, most: self._library.songs(SongFilter(), after, most))
        moves = await everything(lambda after, most: self._library.moves(MoveFilter(), after, most))
        labels = sorted({move.label for move in moves})
        parsed = await self._choreographer.parse(described.query, songs, labels)
        asked = parsed.asked
        song_id = described.song_id or choose_song(asked, songs)
        if song_id is None:
            raise SongNotFound("There are no songs in the library; add one first.")
        await self._library.song(song_id)
        return Understanding(
            request=ChoreographyRequest(
                song_id=song_id,
                difficulty=asked.difficulty,
                energy_level=asked.energy_level,
                style=asked.style,
                seed=described.seed,
            ),
            asked=asked,
            parsed_by=parsed.by,
            degradations=parsed.degradations,
        )


class GenerateFromWords:
    """Understand a description, plan the dance and make its film, in one go."""

    def __init__(self, understand: UnderstandDescription, generate: GenerateChoreography) -> None:
        """Take both halves of the work."""
        self._understand = understand
        self._generate = generate

    async def __call__(
        self, described: DescribedRequest, task_id: UUID, owner: str
    ) -> DescribedFilm:
        """Return once the film is published; raises as `GenerateChoreography` does."""
        understood = await self._understand(described)
        film = await self._generate(
            understood.request, task_id, owner, understood.asked, understood.degradations
        )
        return DescribedFilm(**msgspec.structs.asdict(film), parameters=understood)
