"""All metrics of the service."""

from typing import Final

from application.ports.metrics import Metric, MetricKind

_SHORT: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
_LONG: Final = (0.1, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0)
"""Bounds in seconds, of requests and of work."""
_MEMORY: Final = tuple(float(2**each) for each in range(24, 33))
"""Bounds in bytes: 16 MiB to 4 GiB."""

REQUESTS: Final = Metric(
    name="bachata_http_requests_total",
    kind=MetricKind.COUNTER,
    meaning="Requests that were answered; a WebSocket when it ends.",
    labels=("method", "route", "status"),
)
REQUEST_SECONDS: Final = Metric(
    name="bachata_http_request_duration_seconds",
    kind=MetricKind.HISTOGRAM,
    meaning="Time from a request to the end of its answer.",
    labels=("method", "route"),
    bounds=_SHORT,
)
STAGE_SECONDS: Final = Metric(
    name="bachata_stage_duration_seconds",
    kind=MetricKind.HISTOGRAM,
    meaning="Duration of a stage of a film that was left for another one.",
    labels=("film", "stage"),
    bounds=_LONG,
)
JOB_SECONDS: Final = Metric(
    name="bachata_job_duration_seconds",
    kind=MetricKind.HISTOGRAM,
    meaning="Duration of an attempt of a job, without the wait in the queue.",
    labels=("kind", "outcome"),
    bounds=_LONG,
)
JOBS: Final = Metric(
    name="bachata_jobs",
    kind=MetricKind.GAUGE,
    meaning="Jobs of all processes that are queued or running.",
    labels=("lane", "state"),
)
CACHE_LOOKUPS: Final = Metric(
    name="bachata_cache_lookups_total",
    kind=MetricKind.COUNTER,
    meaning="Files that were taken from the cache, or made because it did not have them.",
    labels=("result",),
)
STORED_BYTES: Final = Metric(
    name="bachata_stored_bytes",
    kind=MetricKind.GAUGE,
    meaning="Bytes in the media storage, at the latest recovery.",
    labels=("kind",),
)
STORED_FILES: Final = Metric(
    name="bachata_stored_files",
    kind=MetricKind.GAUGE,
    meaning="Files in the media storage, at the latest recovery.",
    labels=("kind",),
)
DISK_BYTES: Final = Metric(
    name="bachata_disk_bytes",
    kind=MetricKind.GAUGE,
    meaning="Size of the disk of the data folder.",
)
DISK_FREE_BYTES: Final = Metric(
    name="bachata_disk_free_bytes",
    kind=MetricKind.GAUGE,
    meaning="Free bytes of the disk of the data folder.",
)
FFMPEG_RUNS: Final = Metric(
    name="bachata_ffmpeg_runs_total",
    kind=MetricKind.COUNTER,
    meaning="Runs of FFmpeg that have ended.",
    labels=("outcome",),
)
FFMPEG_CPU_SECONDS: Final = Metric(
    name="bachata_ffmpeg_cpu_seconds_total",
    kind=MetricKind.COUNTER,
    meaning="Processor time of all runs of FFmpeg.",
)
FFMPEG_PEAK_BYTES: Final = Metric(
    name="bachata_ffmpeg_peak_memory_bytes",
    kind=MetricKind.HISTOGRAM,
    meaning="Most memory that a run of FFmpeg held.",
    bounds=_MEMORY,
)
DELETED_RECORDS: Final = Metric(
    name="bachata_deleted_records_total",
    kind=MetricKind.COUNTER,
    meaning="Records that were deleted because they were old.",
    labels=("records",),
)
DELIVERIES: Final = Metric(
    name="bachata_webhook_tries_total",
    kind=MetricKind.COUNTER,
    meaning="Tries to deliver a message of a webhook.",
    labels=("outcome",),
)
UNREAD: Final = Metric(
    name="bachata_unread_figures_total",
    kind=MetricKind.COUNTER,
    meaning="Figures that could not be read, and are missing on that page.",
    labels=("figures",),
)

ALL: Final = (
    REQUESTS,
    REQUEST_SECONDS,
    STAGE_SECONDS,
    JOB_SECONDS,
    JOBS,
    CACHE_LOOKUPS,
    STORED_BYTES,
    STORED_FILES,
    DISK_BYTES,
    DISK_FREE_BYTES,
    FFMPEG_RUNS,
    FFMPEG_CPU_SECONDS,
    FFMPEG_PEAK_BYTES,
    DELETED_RECORDS,
    DELIVERIES,
    UNREAD,
)
"""In the order of the page."""
