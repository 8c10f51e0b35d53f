"""Check that every move agrees with its clip and its embedding."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Final
from uuid import UUID

import msgspec

from application.library.prepare_item import PrepareItem
from application.library.share_beats import ShareBeats
from application.media.fetched_files import FetchedFiles
from application.media.item_attempts import ItemAttempts, reason_of, stops_all
from application.ports.artifact_cache import ArtifactCache
from application.ports.media_probe import MediaProbe
from application.ports.move_embeddings import MoveEmbeddings
from application.ports.moves import MoveFilter, MoveRepository
from application.ports.pagination import read_all
from application.ports.storage import Storage
from application.ports.workspace import Workspace
from domain.library.embeddings import faults
from domain.library.move_faults import move_faults
from domain.library.moves import Move
from domain.shared.violations import Violation

WORK: Final = UUID("c4ec4000-0000-4000-8000-000000000000")
"""Names the work folders for measuring clips; no task has this id."""

OnProgress = Callable[[str, int, int], Awaitable[None]]
"""Receives the name of the current move, the number done and the total."""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """A defect of a move."""

    move_id: str
    field: str
    message: str
    code: str | None = None
    """A code of `domain.shared.errors`, where it could not be checked."""


class CheckLibrary:
    """Measures the clip of every move, and compares it with the move's fields."""

    def __init__(
        self,
        moves: MoveRepository,
        embeddings: MoveEmbeddings,
        storage: Storage,
        artifacts: ArtifactCache,
        media_probe: MediaProbe,
        workspace: Workspace,
        prepare_item: PrepareItem,
        share_beats: ShareBeats | None = None,
    ) -> None:
        """Take the ports, the use case that retries unusable clips, and the sharing of beats."""
        self._share_beats = share_beats
        self._moves = moves
        self._embeddings = embeddings
        self._storage = storage
        self._artifacts = artifacts
        self._media_probe = media_probe
        self._workspace = workspace
        self._prepare_item = prepare_item

    async def __call__(self, on_progress: OnProgress) -> tuple[Finding, ...]:
        """Return everything that is not right, and new beats, in the order of the moves' ids.

        A move that cannot be checked is a finding. Raises what stops every check, such as a
        database that is away.
        """
        shared = () if self._share_beats is None else await self._share_beats()
        moves = await read_all(lambda after, most: self._moves.page(MoveFilter(), after, most))
        findings = [Finding(move_id=each.id, field="beats", message=_lent(each)) for each in shared]
        attempts = ItemAttempts("checking the move")

        async def check(move: Move) -> None:
            findings.extend(await self._checked(move))

        for number, move in enumerate(moves, 1):
            await attempts(move.id, check(move))
            await on_progress(move.name, number, len(moves))
        findings += [
            Finding(move_id=each.item, field="move", message=each.message, code=each.code)
            for each in attempts.failures
        ]
        return tuple(sorted(findings, key=lambda each: (each.move_id, each.field)))

    async def _checked(self, move: Move) -> list[Finding]:
        findings: list[tuple[str, str]] = []
        seconds: float | None = None
        try:
            seconds = await self._seconds(move.video_path)
        except Exception as error:
            if stops_all(error):
                raise
            why = reason_of(error, f"measuring the clip of the move {move.id!r}")
            findings.append(("clip", why))
        if move.unusable is not None and (failure := await self._prepare_item(move)) is not None:
            message = (
                f"Dances do not use it, because no film can be made of its clip. {failure.message}"
            )
            findings.append(("unusable", message))
        findings += _messages(move_faults(move, seconds))
        if move.doubt:
            source = "" if move.beats_from is None else f"{_lent(move)} "
            message = source + (
                f"The analysis of its beats is uncertain (confidence {move.confidence:.2f}), so "
                "it is danced less often. Listen to the clip and correct its beats with `library "
                "correct-move`: "
                "`--beats double` or `half`, `--half-beat`, or `--one-at`."
            )
            findings.append(("beats", message))
        embedding = await self._embeddings.find(move.id)
        if embedding is None:
            findings.append(
                (
                    "embedding",
                    "It has none, so searches by similarity do not find it; import it again.",
                )
            )
        else:
            findings += _messages(faults(embedding))
        return [
            Finding(move_id=move.id, field=field, message=message)
            for field, message in dict.fromkeys(findings)
        ]

    async def _seconds(self, path: str) -> float:
        """Return the duration of a stored clip in seconds; it is fetched only if that is not
        cached.
        """
        async with self._workspace.take(WORK) as folder:
            files = FetchedFiles(
                self._storage, self._artifacts, self._media_probe, folder, asyncio.Semaphore(1)
            )
            return float((await files.known(path)).media.seconds)


def _lent(move: Move) -> str:
    return f"Beats from {move.beats_from!r}, same recording."


def _messages(faults: Iterable[Violation]) -> list[tuple[str, str]]:
    return [(each.path.removeprefix("$."), each.message) for each in faults]
