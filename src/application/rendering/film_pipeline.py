"""Make a film: run the state machine with the ports."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TypeVar

from application.concurrency.retries import Retries
from application.concurrency.shielding import finish_even_if_cancelled
from application.concurrency.task_groups import run_all
from application.concurrency.threads import PLANNING
from application.media.disk_errors import disk_errors
from application.media.fetched_files import FetchedFiles
from application.media.library_failures import of_the_library
from application.ports.artifact_cache import ArtifactCache
from application.ports.clip_encoder import ClipEncoder
from application.ports.encoder import Encoder
from application.ports.footage import Footage
from application.ports.media_files import Known
from application.ports.media_probe import MediaProbe
from application.ports.storage import Storage
from application.ports.workspace import Workspace
from application.rendering.film_room import FilmRoom
from application.rendering.film_urls import FilmUrls
from application.rendering.finished_film import FinishedFilm
from application.rendering.record import Record
from domain.blueprint import rules
from domain.blueprint.model import Blueprint
from domain.blueprint.timeline import Cut, Timeline, laid_out
from domain.rendering.assembly import FINAL, Assembly, State, Step
from domain.rendering.workload import FilmLimits, Workload
from domain.shared import paths
from domain.shared.errors import (
    Broken,
    MediaNotFound,
    MediaTaken,
    StorageFailed,
    UnreadableMedia,
)
from domain.shared.raw_json import passed

T = TypeVar("T")

_log = logging.getLogger("bachata.filming")

Doubt = Callable[[Mapping[str, str]], Awaitable[None]]
"""Receives the clips of a failed film, by the ids of their moves."""


class FilmPipeline:
    """Fetches, normalises, concatenates, adds sound, checks, stores and cleans up."""

    def __init__(
        self,
        storage: Storage,
        artifacts: ArtifactCache,
        media_probe: MediaProbe,
        clips: ClipEncoder,
        encoder: Encoder,
        workspace: Workspace,
        urls: FilmUrls,
        at_once: int,
        link_seconds: int = 0,
        doubt: Doubt | None = None,
        limits: FilmLimits | None = None,
        retries: Retries | None = None,
        room: FilmRoom | None = None,
    ) -> None:
        """Take the ports, the number of parallel downloads, and the lifetime of links in seconds.

        With 0 seconds the service itself streams films. ``doubt`` receives the clips whose encoding
        failed. ``limits`` restrict the workload of a film. ``retries`` apply to deleting a failed
        film. Without ``room`` there are no quotas.
        """
        self._storage = storage
        self._artifacts = artifacts
        self._media_probe = media_probe
        self._clips = clips
        self._encoder = encoder
        self._workspace = workspace
        self._urls = urls
        self._fetches = at_once
        self._link_seconds = link_seconds
        self._doubt = doubt
        self._limits = limits or FilmLimits()
        self._retries = retries or Retries()
        self._room = room or FilmRoom(workspace)

    async def check(self, blueprint: Blueprint, owner: str) -> None:
        """Raise `BlueprintRejected` if the workload of a film exceeds the limits.

        Raises `MediaNotFound` for the film of another owner, as if it were not there.
        """
        for path in blueprint.media:
            if paths.is_file_of_another(path, owner):
                raise MediaNotFound(path)
        # In a thread, because two thousand moves take a tenth of a second.
        await PLANNING.run(lambda: self._limits.check(blueprint, laid_out(blueprint)))

    async def __call__(
        self, blueprint: Blueprint, record: Record, *, planned: bool = False
    ) -> Assembly:
        """Make and publish the film of a checked Blueprint; return its completed assembly.

        A failure leaves neither film nor temporary files. If the Blueprint was ``planned`` by the
        service, a fault in its files is a `LibraryFailed`.
        """
        published = False

        async def publish(film: Path) -> None:
            nonlocal published
            try:
                await self._storage.put(film, path, may_take_ownership=True)
            except MediaTaken:
                raise
            except BaseException:
                # The film may exist in spite of the error. At a path outside the task's own it may
                # be another film, which recovery finds out.
                published = blueprint.output_config.output_path == paths.film(
                    record.assembly.owner, blueprint.task_id
                )
                raise
            published = True

        async def settle(error: BaseException) -> Assembly:
            ended = await record.end(error)
            # If the final state is unknown, deleting might destroy a complete film, so recovery
            # decides later. After a later attempt has begun, this one cannot complete the task.
            unwanted = ended.state in FINAL and ended.output_path != path
            if published and (unwanted or ended.attempt > attempt):
                await self._retries(lambda: self._storage.delete(path))
            await self._room.give_back(path)
            return ended

        attempt = record.assembly.attempt

        path = paths.of_attempt(blueprint.output_config.output_path, attempt)
        try:
            await self._refuse_taken(path)
            await self._room.give_back_earlier(blueprint.output_config.output_path, attempt)
            timeline = laid_out(blueprint)
            with of_the_library() if planned else nullcontext(), disk_errors():
                async with self._workspace.take(blueprint.task_id) as folder:
                    film = await self._make(blueprint, timeline, folder, record, path)
                    await record.take(Step.UPLOAD, "Storing the film")
                    await finish_even_if_cancelled(publish(film))
                    await record.take(Step.CLEAN_UP, "Cleaning up")
            await record.take(
                Step.COMPLETE,
                "The film is ready",
                output_path=path,
                seconds=float(timeline.soundtrack.seconds),
            )
        except BaseException as error:
            # Complete both steps: a cancellation in between would leave an unknown film.
            ended = await finish_even_if_cancelled(settle(error))
            mine = ended.state is State.COMPLETED and ended.output_path == path
            if mine and isinstance(record.error_of(error), Exception):
                # The answer of the database was lost, but the task is recorded as completed.
                _log.warning("completed in spite of %r", error)
                return ended
            raise
        return record.assembly

    async def finished(self, assembly: Assembly) -> FinishedFilm:
        """Return the response for a completed assembly."""
        task_id = assembly.task_id
        return FinishedFilm(
            task_id=task_id,
            status=assembly.state,
            video_id=task_id,
            video_url=await self._video_url(assembly),
            duration_seconds=round((assembly.updated_at - assembly.created_at).total_seconds(), 3),
            video_duration_seconds=round(assembly.seconds or 0.0, 3),
            blueprint_url=self._urls.blueprint(task_id),
            warnings=assembly.warnings,
            metadata=passed(assembly.metadata),
        )

    async def _video_url(self, assembly: Assembly) -> str:
        path, link = assembly.output_path, None
        if self._link_seconds and path is not None:
            name = f"{assembly.task_id}.mp4"
            try:
                link = await self._storage.link(path, name, self._link_seconds)
            except StorageFailed as error:
                # The film can be streamed by the service even without a link.
                _log.warning("no link to the film: %s", error)
        return link or self._urls.video(assembly.task_id)

    async def _refuse_taken(self, path: str) -> None:
        try:
            await self._storage.describe(path)
        except MediaNotFound:
            return
        raise MediaTaken(
            f"A film exists at {path!r} already, and the service never overwrites films; choose "
            "another output_config.output_path."
        )

    async def _make(
        self, blueprint: Blueprint, timeline: Timeline, folder: Path, record: Record, path: str
    ) -> Path:
        await record.take(Step.FETCH, "Fetching the song and the clips")
        gate = asyncio.Semaphore(self._fetches)
        fetched = FetchedFiles(self._storage, self._artifacts, self._media_probe, folder, gate)
        work = await self._looked_at(blueprint, timeline, fetched, record)
        await self._room.take(path, work)
        await record.take(Step.CONCATENATE, "Cutting the moves")
        reel = await self._reel(blueprint, timeline, fetched, folder, record)
        await record.take(Step.ADD_AUDIO, "Adding the sound")
        film = folder / "film.mp4"
        await self._encoder.add_audio(reel, timeline.soundtrack, fetched, film)
        await record.tell("Checking the film")
        await self._encoder.inspect(film, timeline)
        return film

    async def _looked_at(
        self, blueprint: Blueprint, timeline: Timeline, fetched: FetchedFiles, record: Record
    ) -> Workload:
        """Find out about every file, and refuse what a clip is too short for before any work.

        All or nothing: a film needs each of its files.
        """
        facts: dict[str, Known] = {}

        async def look(path: str) -> None:
            facts[path] = await self._doubting(fetched.known(path), blueprint, path)
            await record.tell("Fetching the song and the clips", len(facts), len(blueprint.media))

        await run_all(look(path) for path in blueprint.media)
        clips = {move.video_path: None for move in blueprint.moves}
        for path in clips:
            if facts[path].media.picture is None:
                raise UnreadableMedia(f"The file {path!r} has no video, so it cannot be a move.")
        lengths = {path: facts[path].media.seconds for path in clips}
        rules.check_lengths(blueprint, lengths)
        return await PLANNING.run(lambda: self._limits.check(blueprint, timeline, lengths))

    async def _doubting(self, work: Awaitable[T], blueprint: Blueprint, *clips: str) -> T:
        """Run some work with clips; if it fails, report the clips of moves as doubtful."""
        try:
            return await work
        except Exception as error:
            _name(error, clips)
            moves = {m.clip_id: m.video_path for m in blueprint.moves if m.video_path in clips}
            doubts = {move_id: clip for move_id, clip in moves.items() if move_id is not None}
            if self._doubt is not None and doubts:
                await self._doubt(doubts)
            raise

    async def _reel(
        self,
        blueprint: Blueprint,
        timeline: Timeline,
        fetched: FetchedFiles,
        folder: Path,
        record: Record,
    ) -> Footage:
        """Make every distinct cut once, as many at a time as the encoder takes; join them.

        All or nothing: a film without one of its cuts is none.
        """
        distinct = timeline.distinct
        pieces: dict[Cut, Footage] = {}

        async def normalise(index: int, cut: Cut) -> None:
            into = folder / f"cut-{index:04d}.mp4"
            work = self._clips.normalise(cut, fetched, timeline.output, into)
            under = (cut.crossfade.clip,) if cut.crossfade else ()
            pieces[cut] = await self._doubting(work, blueprint, cut.clip, *under)
            await record.tell("Cutting the moves", len(pieces), len(distinct))

        async def encode_sound() -> None:
            if self._clips.keeps:
                into = folder / "sound.mp4"
                await self._clips.encode_sound(timeline.soundtrack, fetched, into)

        # The sound comes last in the queue, so that it is encoded while the last cuts leave a core
        # free.
        await run_all([*(normalise(*each) for each in enumerate(distinct)), encode_sound()])
        await record.tell("Joining the moves")
        ordered = [pieces[cut] for cut in timeline.cuts]
        return await self._encoder.concatenate(ordered, folder / "reel.mp4")


def _name(error: Exception, clips: Sequence[str]) -> None:
    """Add the names of the clips to a failure that does not contain them."""
    if isinstance(error, Broken):
        text = f"{error} {error.details or ''}"
        if not any(clip in text for clip in clips):
            where = f"The failure concerns {' and '.join(map(repr, clips))}."
            error.details = f"{where}\n{error.details}" if error.details else where
