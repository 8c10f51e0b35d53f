"""Migrate the data of the earlier system."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final, TypeVar

from application.media.item_attempts import reason_of
from application.migration.library import Places, SeedLibrary
from application.migration.media import SeedMedia
from application.migration.report import Findings, MigrationReport
from application.migration.tasks import SeedTasks
from application.migration.verification import Verification
from application.ports.seed_source import SeedSource
from application.ports.storage import Storage
from application.ports.workspace import Workspace
from domain.legacy.seeds import (
    USER_FIELDS,
    Model,
    Record,
    dropped_fields,
    is_of_jobs,
    read_blueprint,
    read_move,
    read_song,
    read_task,
)
from domain.shared.bucket_uris import Home

T = TypeVar("T")

OnProgress = Callable[[str, int], Awaitable[None]]
"""Receives the name of each step and the number of records done."""

_JOBS: Final = "job records: the service makes films within the request"
_NO_PLACE: Final = "this service has no use for it"
_JOB_FIELD: Final = "job_execution_name"


class MigrateSeed:
    """Migrates songs, moves, tasks and Blueprints of the earlier system, each only once.

    Songs and moves without a file are skipped; a Blueprint is migrated if all its files exist. A
    skipped record does not affect others. Running it again migrates skipped records that have
    become possible, and changes nothing else.
    """

    def __init__(
        self,
        seed_library: SeedLibrary,
        seed_tasks: SeedTasks,
        verify: Verification,
        storage: Storage,
        workspace: Workspace,
        home: Home | None,
    ) -> None:
        """Take the parts of the migration, the ports, and the bucket of this installation if it
        uses one.
        """
        self._library = seed_library
        self._tasks = seed_tasks
        self._verify = verify
        self._storage = storage
        self._workspace = workspace
        self._home = home

    async def __call__(
        self,
        source: SeedSource,
        on_progress: OnProgress,
        *,
        media: Path | None = None,
        dry_run: bool = False,
    ) -> MigrationReport:
        """Migrate everything of ``source`` and verify it, or only report what a real run would do.

        Files are looked for in the folder ``media``, else in the source's own, then in the
        storage. Raises `NotReady` when the source cannot be read, and what stops every record: a
        full disk, a database that is away, a missing FFmpeg.
        """
        findings, places = Findings(), Places(self._home)
        files = SeedMedia(media or source.media, self._storage, self._workspace, self._home)
        number = 0

        async def tell(name: str) -> None:
            nonlocal number
            number += 1
            await on_progress(name, number)

        work = (files, places, findings, tell)
        songs = await _read(source, Model.SONG, read_song, findings)
        await self._library.songs(songs, *work, dry_run=dry_run)
        moves = [move for _, move in await _read(source, Model.MOVE, read_move, findings)]
        await self._library.moves(moves, *work, dry_run=dry_run)
        fields = USER_FIELDS if self._tasks.keeps_users else frozenset[str]()
        tasks = await _read(source, Model.TASK, read_task, findings, fields)
        await self._tasks.tasks(tasks, *work, dry_run=dry_run)
        blueprints = await _read(source, Model.BLUEPRINT, read_blueprint, findings)
        await self._tasks.blueprints(blueprints, *work[1:], dry_run=dry_run)
        for name, count in (await source.others()).items():
            findings.drop(name, _JOBS if is_of_jobs(name) else _NO_PLACE, count)
        verified = None if dry_run else await self._verify(findings, places.digests, places.entries)
        return MigrationReport(
            source=source.name,
            dry_run=dry_run,
            records=tuple(findings.records),
            dropped=findings.dropped,
            passed_over=await source.passed_over(),
            verified=verified,
        )


async def _read(
    source: SeedSource,
    model: Model,
    read: Callable[[Record], T],
    findings: Findings,
    fields: frozenset[str] = frozenset(),
) -> list[tuple[str, T]]:
    """Read all records of a model with their keys; unreadable records are skipped and reported.

    Fields are dropped that the migration does not use, and that are not ``fields``.
    """
    records: list[tuple[str, Any]] = []
    async for record in source.records(model):
        try:
            for name in set(dropped_fields(model, record)) - fields:
                findings.drop(f"{model}.{name}", _JOBS if name == _JOB_FIELD else _NO_PLACE)
            records.append((record.key, read(record)))
        except ValueError as error:
            findings.left_out(model, record.key, str(error))
        except Exception as error:
            why = reason_of(error, f"reading the {model} {record.key!r}")
            findings.left_out(model, record.key, why)
    return records
