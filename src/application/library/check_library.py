"""Check the library for moves that are not what is on record."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final
from uuid import UUID

import msgspec

from application.library.clip_failures import reason_of
from application.library.prewarm_library import PrewarmLibrary
from application.media.fetched_files import FetchedFiles
from application.ports.artifact_cache import ArtifactCache
from application.ports.encoder import Encoder
from application.ports.library import Library, MoveFilter
from application.ports.move_embeddings import MoveEmbeddings
from application.ports.storage import Storage
from application.ports.workspace import Workspace
from domain.library.embeddings import MoveEmbedding, faults
from domain.library.moves import Move
from domain.shared.errors import MoveNotFound

WORK: Final = UUID("c4ec4000-0000-4000-8000-000000000000")
"""Names the folders that clips are measured in; there is no task of this id."""

Told = Callable[[str, int, int], Awaitable[None]]
"""Hears the name of the move that is checked, how many are, and of how many."""

_PAGE: Final = 500
_OFF_SECONDS: Final = 0.05
_SAME: Final = ("label", "video_path", "difficulty", "energy_level", "style", "tempo")
"""What a move and its embedding both say."""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is not right about a move."""

    move_id: str
    field: str
    message: str


class CheckLibrary:
    """Measures every clip and holds it, the move and its embedding against one another."""

    def __init__(
        self,
        library: Library,
        embeddings: MoveEmbeddings,
        storage: Storage,
        artifacts: ArtifactCache,
        encoder: Encoder,
        workspace: Workspace,
        warm: PrewarmLibrary,
    ) -> None:
        """Take the ports, and who tries clips again of which no film could be made."""
        self._library = library
        self._embeddings = embeddings
        self._storage = storage
        self._artifacts = artifacts
        self._encoder = encoder
        self._workspace = workspace
        self._warm = warm

    async def __call__(self, told: Told) -> tuple[Finding, ...]:
        """Return everything that is not right, in the order of the moves' ids."""
        moves = await self._moves()
        findings: list[Finding] = []
        for done, move in enumerate(moves, 1):
            try:
                findings += await self._checked(move)
            except Exception as error:
                message = reason_of(error, f"checking the move {move.id!r}")
                findings.append(Finding(move_id=move.id, field="move", message=message))
            await told(move.name, done, len(moves))
        findings += await self._left_over({move.id for move in moves})
        return tuple(sorted(findings, key=lambda each: (each.move_id, each.field)))

    async def _checked(self, move: Move) -> list[Finding]:
        found: list[tuple[str, str]] = []
        seconds: float | None = None
        try:
            seconds = await self._seconds(move.video_path)
        except Exception as error:
            why = reason_of(error, f"measuring the clip of the move {move.id!r}")
            found.append(("clip", why))
        if move.unusable is not None and (why := await self._warm.one(move)) is not None:
            found.append(("unusable", f"It is not danced: no film can be made of its clip. {why}"))
        if seconds is not None and abs(seconds - move.duration) > _OFF_SECONDS:
            message = f"It is {move.duration:.3f} s; the clip lasts {seconds:.3f} s."
            found.append(("duration", message))
        if move.first_count >= (move.duration if seconds is None else seconds):
            found.append(("first_count", f"{move.first_count:.3f} s is not within the clip."))
        if move.doubt:
            message = (
                f"It is not sure where its beats are (confidence {move.confidence:.2f}), so it is "
                "danced less often. Listen to it, and say what is right by `library correct-move`: "
                "`--beats double` or `half`, `--half-beat`, or `--one-at`."
            )
            found.append(("beats", message))
        if not 30 <= move.tempo <= 300:
            found.append(("tempo", f"{move.tempo:g} BPM is not between 30 and 300."))
        try:
            entry = await self._embeddings.get(move.id)
        except MoveNotFound:
            found.append(("embedding", "It has none and cannot be found by likeness; import it."))
        else:
            found += _against(entry, move, seconds)
        return [
            Finding(move_id=move.id, field=field, message=message)
            for field, message in dict.fromkeys(found)
        ]

    async def _seconds(self, path: str) -> float:
        """What a stored clip lasts; it is fetched only when that is not known of these bytes."""
        async with self._workspace.take(WORK) as folder:
            files = FetchedFiles(
                self._storage, self._artifacts, self._encoder, folder, asyncio.Semaphore(1)
            )
            return float((await files.known(path)).media.seconds)

    async def _moves(self) -> list[Move]:
        moves: list[Move] = []
        after: str | None = None
        while True:
            page = await self._library.moves(MoveFilter(), after, _PAGE)
            moves.extend(page.items)
            if (after := page.last) is None:
                return moves

    async def _left_over(self, known: set[str]) -> list[Finding]:
        """Embeddings of moves that are not in the library."""
        found: list[Finding] = []
        after: str | None = None
        while True:
            page = await self._embeddings.page(after, _PAGE)
            found += [
                Finding(move_id=each.move_id, field="move", message="There is no such move.")
                for each in page.items
                if each.move_id not in known
            ]
            if (after := page.last) is None:
                return found


def _against(entry: MoveEmbedding, move: Move, seconds: float | None) -> list[tuple[str, str]]:
    """What is wrong with an embedding by itself, and beside its move."""
    found = [(each.path.removeprefix("$."), each.message) for each in faults(entry, seconds)]
    for name in _SAME:
        if name == "tempo" and move.correction is not None:
            continue  # An entry says what was heard.
        mine, other = getattr(entry, name), getattr(move, name)
        if mine != other:
            found.append((name, f"The embedding says {mine}, the move says {other}."))
    return found
