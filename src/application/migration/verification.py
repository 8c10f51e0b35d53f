"""Read migrated data back and compare it with the original."""

import hashlib
import math
from collections.abc import Awaitable, Callable, Mapping
from typing import Final
from uuid import UUID

from application.media.item_attempts import reason_of, stops_all
from application.migration.report import Counted, Findings, Norms, Verified
from application.ports.blueprints import BlueprintArchive
from application.ports.move_embeddings import MoveEmbeddings
from application.ports.moves import MoveRepository
from application.ports.songs import SongRepository
from application.ports.storage import Storage
from application.ports.tasks import TaskRepository
from domain.importing.move_lists import Listed
from domain.legacy.seeds import Model
from domain.library.embeddings import MoveEmbedding, Part, faults, unpacked

SAMPLE: Final = 12
"""Number of files that are read back from the storage."""


class Verification:
    """Counts records, measures embeddings, and reads a sample of the files back."""

    def __init__(
        self,
        songs: SongRepository,
        moves: MoveRepository,
        embeddings: MoveEmbeddings,
        tasks: TaskRepository,
        blueprints: BlueprintArchive,
        storage: Storage,
    ) -> None:
        """Take the ports."""
        self._embeddings = embeddings
        self._storage = storage
        self._looks: Mapping[Model, Callable[[str], Awaitable[object]]] = {
            Model.SONG: songs.get,
            Model.MOVE: moves.get,
            Model.TASK: lambda task_id: tasks.get(UUID(task_id)),
            Model.BLUEPRINT: lambda task_id: blueprints.get(UUID(task_id)),
        }

    async def __call__(
        self, findings: Findings, digests: Mapping[str, str], entries: Mapping[str, Listed]
    ) -> Verified:
        """Verify the records that exist here according to ``findings``.

        ``digests`` are the SHA-256 of files by storage path, ``entries`` the records of
        moves that exist here, by id. What cannot be read is one of the faults and hides no other.
        """
        faulty: list[str] = []
        counts = [await self._counted(model, findings, faulty) for model in Model]
        moves = [str(each.id) for each in findings.present(Model.MOVE)]
        norms = await self._norms(moves, entries, faulty)
        checksums = await self._checksums(digests, faulty)
        return Verified(
            counts=tuple(counts), norms=norms, checksums=checksums, faults=tuple(faulty)
        )

    async def _counted(self, model: Model, findings: Findings, faulty: list[str]) -> Counted:
        records, count = findings.present(model), 0
        for each in records:
            try:
                await self._looks[model](str(each.id))
            except Exception as error:
                faulty.append(_fault(f"{model} {each.id}", error))
            else:
                count += 1
        return Counted(model=model, expected=len(records), found=count)

    async def _norms(
        self, moves: list[str], entries: Mapping[str, Listed], faulty: list[str]
    ) -> Norms:
        lengths: list[float] = []
        for move_id in moves:
            try:
                entry = await self._embeddings.find(move_id)
            except Exception as error:
                faulty.append(_fault(f"{Model.MOVE} {move_id}", error))
                continue
            if entry is None:
                faulty.append(f"{Model.MOVE} {move_id}: It has no embedding.")
                continue
            vectors = [vector for part in Part if (vector := entry.rows.of(part)) is not None]
            lengths += [math.hypot(*unpacked(vector)) for vector in vectors]
            faulty += [f"{Model.MOVE} {move_id}: {each.message}" for each in faults(entry)]
            faulty += [
                f"{Model.MOVE} {move_id}: The {part} embedding differs from the source's."
                for part in Part
                if move_id in entries and not _same(entry, entries[move_id], part)
            ]
        if not lengths:
            return Norms(rows=0)
        return Norms(rows=len(lengths), least=min(lengths), most=max(lengths))

    async def _checksums(self, digests: Mapping[str, str], faulty: list[str]) -> int:
        """Read back a sample of files, evenly distributed over the sorted paths; return the correct
        ones.
        """
        every, right = sorted(digests), 0
        last = len(every) - 1
        picked = sorted({round(k * last / (SAMPLE - 1)) for k in range(SAMPLE)}) if every else []
        for path in (every[index] for index in picked):
            try:
                stored = await self._storage.describe(path)
                digest = hashlib.sha256()
                async for chunk in self._storage.read(path, 0, stored.size):
                    digest.update(chunk)
            except Exception as error:
                faulty.append(_fault(path, error))
                continue
            if digest.hexdigest() == digests[path]:
                right += 1
            else:
                faulty.append(f"{path}: Its SHA-256 differs from that of the source file.")
        return right


def _fault(item: str, error: Exception) -> str:
    """Say why an item could not be read back; raises what stops every item."""
    if stops_all(error):
        raise error
    return f"{item}: {reason_of(error, f'reading {item!r} back')}"


def _same(entry: MoveEmbedding, record: Listed, part: Part) -> bool:
    row = record.rows.of(part)
    return row is None or entry.rows.of(part) == row
