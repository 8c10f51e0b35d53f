"""Preview a film before it is made."""

import asyncio
import hashlib
import re
from typing import Final
from uuid import UUID, uuid4

import msgspec

from application.media.fetched_files import FetchedFiles
from application.ports.artifact_cache import ArtifactCache
from application.ports.media_probe import MediaProbe
from application.ports.preview_streamer import PreviewStreamer
from application.ports.storage import Storage
from application.ports.workspace import Workspace
from application.rendering.read_blueprint import ReadBlueprint
from domain.blueprint.timeline import Timeline, laid_out
from domain.rendering.hls_playlist import (
    BEGINNING,
    Kind,
    PreviewOutdated,
    ends,
    main_playlist,
    media_playlist,
    playlist_name,
    segment_name,
)
from domain.rendering.workload import FilmLimits
from domain.shared.errors import SegmentNotFound

FOLDER: Final = "preview"
"""Folder of everything except the main playlist; it contains a folder for each version."""
_VERSIONS: Final = 256
"""Maximum number of versions in memory."""
_VERSION: Final = re.compile(r"[0-9a-f]{16}")


class PreviewChoreography:
    """Streams the Blueprint of a task as a film, in any state of the task.

    Every method raises `TaskNotFound`, also for another owner's task, `BlueprintNotFound`, and
    `BlueprintRejected` if the workload exceeds the limits. Only a segment needs the media, and only
    those that it contains.

    All URLs except that of the main playlist contain a version, which changes whenever the bytes of
    a segment may change. A request with an old version raises `PreviewOutdated`, so that no player
    mixes segments of two encoders.
    """

    def __init__(
        self,
        read: ReadBlueprint,
        storage: Storage,
        artifacts: ArtifactCache,
        media_probe: MediaProbe,
        preview_streamer: PreviewStreamer,
        workspace: Workspace,
        at_once: int,
        limits: FilmLimits | None = None,
    ) -> None:
        """Take the ports, the number of parallel downloads, and the limits on a film."""
        self._limits = limits or FilmLimits()
        self._read = read
        self._storage = storage
        self._artifacts = artifacts
        self._media_probe = media_probe
        self._preview_streamer = preview_streamer
        self._workspace = workspace
        self._fetches = at_once
        self._versions: dict[tuple[UUID, str], str] = {}
        """Versions by task and by the streamer's version; a task's Blueprint never changes."""

    async def __call__(self, task_id: UUID, owner: str) -> str:
        """Return the main playlist, which links to the others."""
        timeline = await self._timeline(task_id, owner)
        version = self._version(task_id, await self._preview_streamer.version(timeline), timeline)
        return main_playlist(timeline, f"{FOLDER}/{version}")

    async def playlist(self, task_id: UUID, owner: str, version: str, name: str) -> str:
        """Return the playlist of this file name; raises `SegmentNotFound`."""
        timeline = await self._timeline(task_id, owner)
        await self._require(task_id, version, timeline)
        for kind in Kind:
            if name == playlist_name(kind):
                return media_playlist(kind, timeline)
        raise SegmentNotFound

    async def segment(self, task_id: UUID, owner: str, version: str, kind: str, name: str) -> bytes:
        """Return the segment of this file name, or the initialisation segment; raises
        `SegmentNotFound`.

        Raises as `PreviewStreamer` does.
        """
        timeline = await self._timeline(task_id, owner)
        made_by = await self._require(task_id, version, timeline)
        if kind not in tuple(Kind):
            raise SegmentNotFound
        segment_kind = Kind(kind)
        index = None if name == BEGINNING else _index(name, len(ends(segment_kind, timeline)))
        # The folder needs a unique name; no task has this id.
        async with self._workspace.take(uuid4()) as folder:
            gate = asyncio.Semaphore(self._fetches)
            fetched = FetchedFiles(self._storage, self._artifacts, self._media_probe, folder, gate)
            if index is None:
                data = await self._preview_streamer.beginning(
                    segment_kind, timeline, fetched, folder
                )
            else:
                data = await self._preview_streamer.part(
                    segment_kind, index, timeline, fetched, folder
                )
        # FFmpeg may have been replaced during the encoding.
        if await self._preview_streamer.version(timeline) != made_by:
            raise PreviewOutdated
        return data

    async def _require(self, task_id: UUID, version: str, timeline: Timeline) -> str:
        """Refuse any version except the current one; return the preview streamer's version."""
        if not _VERSION.fullmatch(version):
            raise SegmentNotFound
        made_by = await self._preview_streamer.version(timeline)
        if version != self._version(task_id, made_by, timeline):
            raise PreviewOutdated
        return made_by

    def _version(self, task_id: UUID, made_by: str, timeline: Timeline) -> str:
        """Return the version of a task's preview, cached: for many moves it takes longer than a
        segment.
        """
        key = (task_id, made_by)
        if key not in self._versions:
            if len(self._versions) >= _VERSIONS:
                self._versions.clear()
            self._versions[key] = _version(made_by, timeline)
        return self._versions[key]

    async def _timeline(self, task_id: UUID, owner: str) -> Timeline:
        blueprint = await self._read(task_id, owner)
        timeline = laid_out(blueprint)
        self._limits.check(blueprint, timeline)
        return timeline


def _version(made_by: str, timeline: Timeline) -> str:
    """Return a hash that changes whenever a segment, or its start, may change."""
    version_inputs = (made_by, timeline, *(media_playlist(kind, timeline) for kind in Kind))
    return hashlib.sha256(msgspec.json.encode(version_inputs, enc_hook=str)).hexdigest()[:16]


def _index(name: str, count: int) -> int:
    for index in range(count):
        if name == segment_name(index):
            return index
    raise SegmentNotFound
