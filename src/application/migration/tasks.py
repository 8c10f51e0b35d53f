"""Migrate tasks and Blueprints of the earlier system."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from application.concurrency.shielding import finish_even_if_cancelled
from application.media.item_attempts import attempt
from application.media.store_file import digest_of
from application.migration.library import OnProgress, Places
from application.migration.media import SeedMedia
from application.migration.owners import SeedOwners
from application.migration.report import Came, Findings
from application.ports.blueprints import BlueprintArchive
from application.ports.media_probe import MediaProbe
from application.ports.storage import Storage
from application.ports.tasks import TaskRepository
from domain.blueprint.model import Blueprint
from domain.legacy.seed_blueprints import blueprint_of
from domain.legacy.seeds import Model, SeedTask, task_id_of
from domain.rendering.assembly import PROGRESS, Assembly, Failure, State
from domain.shared import paths
from domain.shared.errors import (
    BlueprintNotFound,
    Broken,
    Interrupted,
    InvalidRequest,
    MediaNotFound,
    MediaTaken,
    TaskNotFound,
    UnacceptedMedia,
)
from domain.shared.result_warnings import ResultWarning, WarningCode

_UNFILMED = "Its film was not migrated from the earlier system."
_WITHOUT_FILM = ResultWarning(WarningCode.FILM_MISSING, _UNFILMED)
_MOST_NAMES = 3
"""Maximum number of missing files, or of violations, named for a Blueprint."""


class SeedTasks:
    """Adds the earlier system's tasks; unfinished ones become failed."""

    def __init__(
        self,
        tasks: TaskRepository,
        blueprints: BlueprintArchive,
        storage: Storage,
        media_probe: MediaProbe,
        owners: SeedOwners,
    ) -> None:
        """Take the ports, and who decides the new owners of the tasks."""
        self._tasks = tasks
        self._blueprints = blueprints
        self._storage = storage
        self._media_probe = media_probe
        self._owners = owners

    @property
    def keeps_users(self) -> bool:
        """True if tasks keep their users."""
        return self._owners.keeps_users

    async def tasks(
        self,
        records: Sequence[tuple[str, SeedTask]],
        media: SeedMedia,
        places: Places,
        findings: Findings,
        on_progress: OnProgress,
        *,
        dry_run: bool,
    ) -> None:
        """Bring tasks over; those that were completed with their films, where these are there."""

        async def bring(key: str, record: SeedTask) -> None:
            films = record.films if record.state is State.COMPLETED else ()
            async with media.file(*films) as film:
                came, notes = await self._task(record, film, places, dry_run=dry_run)
            item = None if came is Came.LEFT_OUT else str(record.task_id)
            findings.came(Model.TASK, key, came, item, notes)

        for key, record in records:
            if (
                failure := await attempt("bringing over the task", key, bring(key, record))
            ) is not None:
                findings.left_out(Model.TASK, key, failure.message)
            await on_progress(key)

    async def _task(
        self, record: SeedTask, film: Path | None, places: Places, *, dry_run: bool
    ) -> tuple[Came, list[str]]:
        there = await self._there(record.task_id)
        owner = there.owner if there is not None else self._owners.owner_of(record.user)
        task = _assembly(record, owner, places.songs.get(record.song or ""))
        if there is not None and there.created_at != task.created_at:
            return Came.LEFT_OUT, [f"Another task with the id {record.task_id} exists already."]
        if there is not None and (film is None or there.output_path is not None):
            return Came.THERE, []
        if film is not None:
            task = await self._filmed(task, film, places)
        if not dry_run:
            await finish_even_if_cancelled(self._write(task, film, there))
        notes = [_UNFILMED] if task.state is State.COMPLETED and film is None else []
        return (Came.TAKEN if there is None else Came.COMPLETED), notes

    async def _filmed(self, task: Assembly, film: Path, places: Places) -> Assembly:
        """Return the task with its film, after checking the film."""
        looked = await self._media_probe.measure(film)
        if looked.picture is None:
            raise UnacceptedMedia("Its film has sound but no picture.")
        path = paths.film(task.owner, task.task_id)
        places.digests[path] = await digest_of(film)
        return msgspec.structs.replace(
            task, output_path=path, seconds=float(looked.seconds), warnings=()
        )

    async def _write(self, task: Assembly, film: Path | None, there: Assembly | None) -> None:
        """Store the film, then write the task.

        If the task cannot be written, the film stays: the next run finds it, and a task without its
        film would be worse.
        """
        if film is not None and task.output_path is not None:
            with suppress(MediaTaken):
                await self._storage.put(film, task.output_path)
        if there is None:
            await self._owners.add(task.owner)
            await self._tasks.add(task)
        else:
            await self._tasks.update(task.task_id, lambda _: task)

    async def blueprints(
        self,
        documents: Sequence[tuple[str, dict[str, Any]]],
        places: Places,
        findings: Findings,
        on_progress: OnProgress,
        *,
        dry_run: bool,
    ) -> None:
        """Bring Blueprints over of which every file is there; what is on record stays."""

        async def bring(key: str, document: dict[str, Any]) -> None:
            try:
                await self._blueprint(key, document, places, findings, dry_run=dry_run)
            except InvalidRequest as error:
                broken = [f"{each.path}: {each.message}" for each in error.violations]
                findings.left_out(Model.BLUEPRINT, key, *_first(broken))

        for key, document in documents:
            failure = await attempt("bringing over the Blueprint", key, bring(key, document))
            if failure is not None:
                findings.left_out(Model.BLUEPRINT, key, failure.message)
            await on_progress(key)

    async def _blueprint(
        self,
        key: str,
        document: dict[str, Any],
        places: Places,
        findings: Findings,
        *,
        dry_run: bool,
    ) -> None:
        task_id = task_id_of(key)
        try:
            await self._blueprints.get(task_id)
        except BlueprintNotFound:
            pass
        else:
            findings.came(Model.BLUEPRINT, key, Came.THERE, str(task_id))
            return
        task = await self._there(task_id)
        owner = paths.LOCAL_USER if task is None else task.owner
        now = blueprint_of(document, task_id, owner, places.find)
        if lacking := await self._lacking(now.blueprint, places):
            missing = [f"There is no file {path!r}." for path in lacking]
            findings.left_out(Model.BLUEPRINT, key, *_first(missing))
            return
        if not dry_run:
            await finish_even_if_cancelled(self._blueprints.keep(now.blueprint))
        findings.came(Model.BLUEPRINT, key, Came.TAKEN, str(task_id), now.notes)

    async def _there(self, task_id: UUID) -> Assembly | None:
        """Return the task of an id; None if there is none."""
        try:
            return await self._tasks.get(task_id)
        except TaskNotFound:
            return None

    async def _lacking(self, blueprint: Blueprint, places: Places) -> list[str]:
        """Return the files of a Blueprint that are neither in the library nor in the storage."""
        lacking: list[str] = []
        for path in blueprint.media:
            if path in places.digests:
                continue
            try:
                await self._storage.describe(path)
            except MediaNotFound:
                lacking.append(path)
        return lacking


def _assembly(record: SeedTask, owner: str, song_id: str | None) -> Assembly:
    """Return the task in the current form, without its film."""
    failure = None
    if record.state is State.FAILED:
        stopped = record.why or str(Interrupted())
        failure = Failure(code=Broken.code, message=stopped, stage=record.reached)
    return Assembly(
        task_id=record.task_id,
        owner=owner,
        created_at=record.created_at,
        updated_at=record.updated_at,
        state=record.state,
        progress=PROGRESS[record.reached],
        song_id=song_id,
        failure=failure,
        warnings=(_WITHOUT_FILM,) if record.state is State.COMPLETED else (),
    )


def _first(lines: list[str]) -> list[str]:
    """Return the first lines, and one that says how many more there are."""
    more = len(lines) - _MOST_NAMES
    return lines[:_MOST_NAMES] + ([f"And {more} more."] if more > 0 else [])
