"""Videos of both kinds, and the jobs that make them, as callers see them."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

import msgspec

from domain.rendering.assembly import FINAL, Assembly, FilmKind, State
from domain.scripts.composition import CompositionSettings
from domain.scripts.narrated_video import NarratedVideo
from domain.shared.result_warnings import ResultWarning

_MB: Final = 1_000_000


class VideoStatus(StrEnum):
    """State of a video."""

    PENDING = "pending"
    GENERATING = "generating"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class VideoJobStatus(StrEnum):
    """State of the job that makes the video of a script."""

    PENDING = "pending"
    MEDIA_GENERATION = "media_generation"
    """Its voices and pictures are made."""
    VIDEO_COMPOSITION = "video_composition"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


_ENDS: Final[Mapping[State, VideoJobStatus]] = {
    State.PENDING: VideoJobStatus.PENDING,
    State.PLANNING: VideoJobStatus.MEDIA_GENERATION,
    State.COMPLETED: VideoJobStatus.COMPLETED,
    State.FAILED: VideoJobStatus.FAILED,
    State.CANCELLED: VideoJobStatus.CANCELLED,
}


def job_status(state: State) -> VideoJobStatus:
    """Return the state of the job whose task is in a state."""
    return _ENDS.get(state, VideoJobStatus.VIDEO_COMPOSITION)


def video_status(state: State) -> VideoStatus:
    """Return the state of the video whose task is in a state."""
    if state in (State.PENDING, State.COMPLETED, State.FAILED, State.CANCELLED):
        return VideoStatus(state.value)
    return VideoStatus.GENERATING


class GeneratedVideo(msgspec.Struct, frozen=True, kw_only=True):
    """A video that the service has made, or makes."""

    video_id: UUID
    kind: FilmKind
    """`choreography` or `script`."""
    status: VideoStatus
    title: str | None
    created_at: datetime
    updated_at: datetime
    script_id: UUID | None = None
    """The script that it narrates."""
    duration: float | None = None
    """Seconds; null until the video is completed, as the following."""
    resolution: str | None = None
    """Width and height in pixels, such as `1920x1080`."""
    format: str = "mp4"
    file_size: int | None = None
    """Bytes."""
    url: str | None = None
    """Address at which the video can be watched."""
    download_url: str | None = None
    poster_url: str | None = None
    captions_url: str | None = None
    """WebVTT; null for a video without captions."""
    error_message: str | None = None
    warnings: tuple[ResultWarning, ...] = ()


class ResourceUsage(msgspec.Struct, frozen=True, kw_only=True):
    """The resources that a job has used."""

    generation_time_seconds: float | None = None
    """Seconds from the start of the work to its end; null before the end."""
    cpu_time_seconds: float | None = None
    """Processor time until the latest stage began, of the programs that work for the job and of the
    service's threads; null before the start.
    """
    peak_memory_mb: float | None = None
    """Most memory that the programs of the job held at one time, in MB of 1,000,000 bytes. The
    service's own memory, which all jobs share, is not part of it. Null before the start.
    """
    disk_space_used_mb: float | None = None
    """Size of the finished video in MB of 1,000,000 bytes."""


class VideoGenerationJob(msgspec.Struct, frozen=True, kw_only=True):
    """The job that makes the video of a script."""

    id: UUID
    """Also the id of the video."""
    session_id: UUID
    """Names the WebSocket `/ws/progress/{session_id}`."""
    script_id: UUID
    status: VideoJobStatus
    progress_percentage: int
    created_at: datetime
    started_at: datetime | None
    """Time at which the work began; null while the job waits."""
    completed_at: datetime | None
    """Time of the end, whichever it is; null before."""
    estimated_completion: datetime | None
    """Estimated time of the end; null if there is no basis for an estimate."""
    error_message: str | None
    resource_usage: ResourceUsage
    composition_settings: CompositionSettings
    warnings: tuple[ResultWarning, ...]
    video_url: str | None
    """Address at which the finished video can be watched."""


def job_of(task: Assembly, video: NarratedVideo, size: int | None, url: str) -> VideoGenerationJob:
    """Return what is known about a job; ``size`` are the bytes of the finished video."""
    ended = task.state in FINAL
    return VideoGenerationJob(
        id=task.task_id,
        session_id=task.task_id,
        script_id=video.script_id,
        status=job_status(task.state),
        progress_percentage=task.progress,
        created_at=task.created_at,
        started_at=task.started_at,
        completed_at=task.updated_at if ended else None,
        estimated_completion=None if ended else task.estimated_end,
        error_message=task.failure.message if task.failure else None,
        resource_usage=resource_usage(task, size),
        composition_settings=video.settings,
        warnings=task.warnings,
        video_url=url if task.state is State.COMPLETED else None,
    )


def resource_usage(task: Assembly, size: int | None) -> ResourceUsage:
    """Return the resources of a task; ``size`` are the bytes of the finished video."""
    if task.started_at is None:
        return ResourceUsage()
    seconds = (task.updated_at - task.started_at).total_seconds()
    return ResourceUsage(
        generation_time_seconds=round(seconds, 3) if task.state in FINAL else None,
        cpu_time_seconds=round(task.used.cpu_seconds, 3),
        peak_memory_mb=round(task.used.peak_memory_bytes / _MB, 3),
        disk_space_used_mb=None if size is None else round(size / _MB, 3),
    )
