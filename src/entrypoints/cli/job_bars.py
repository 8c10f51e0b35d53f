"""Progress bars of jobs, one for each stage of the work."""

from collections.abc import Mapping
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from application.jobs.end_events import PREPARING
from application.jobs.read_jobs import JobSummary
from domain.jobs.job import FILMS, JobKind, JobState
from domain.rendering.assembly import FINAL, FilmKind, State, progress_of
from entrypoints.cli.console import STAGES

_OF_SCRIPT: Final[Mapping[str, str]] = {
    **STAGES,
    State.PLANNING: "Making voices, pictures",
    State.FETCHING: "Fetching the scenes",
    State.CONCATENATING: "Joining the scenes",
}
_WAITING: Final = "Waiting for a worker"
_WORKING: Final = {PREPARING: "Making the library ready"}
_UNKNOWN: Final = "Working"


def job_bars(console: Console) -> Progress:
    """Return progress bars, each with per cent, the elapsed time and the remaining time."""
    return Progress(
        TextColumn("{task.description:<24}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
        TextColumn("{task.fields[left]}"),
        console=console,
    )


class JobBars:
    """A bar for each stage of a job that makes a film, and one bar for any other job."""

    def __init__(self, progress: Progress) -> None:
        """Take the bars of `job_bars` to add to; the caller shows and hides them."""
        self._progress = progress
        self._stage: str | None = None
        self._bar: TaskID | None = None

    def show(self, job: JobSummary) -> None:
        """Show the progress of a job, or that it has ended."""
        if job.state is JobState.COMPLETED:
            self._finish()
        elif job.state in (JobState.QUEUED, JobState.RUNNING, JobState.DIVIDED):
            words, share = _part_of(job)
            if words != self._stage:
                self._finish()
                self._stage = words
                self._bar = self._progress.add_task(words, total=100, left="")
            if self._bar is not None:
                left = _left(job.eta_seconds)
                self._progress.update(self._bar, completed=share, left=left)

    def _finish(self) -> None:
        if self._bar is not None:
            self._progress.update(self._bar, completed=100, left="")
        self._bar = None


def _part_of(job: JobSummary) -> tuple[str, float]:
    """Return the name of the current part of a job, and per cent of that part."""
    if job.state is JobState.QUEUED:
        return _WAITING, 0
    if job.kind not in FILMS:
        return _WORKING.get(job.stage or "", _UNKNOWN), job.progress
    kind = FilmKind.SCRIPT if job.kind is JobKind.COMPOSE_SCRIPT else FilmKind.CHOREOGRAPHY
    stages = _OF_SCRIPT if kind is FilmKind.SCRIPT else STAGES
    begins = [(state, at) for state, at in progress_of(kind).items() if state not in FINAL]
    ends = [*(at for _, at in begins[1:]), 100]
    for (state, begin), end in zip(begins, ends, strict=True):
        if state == job.stage and state in stages:
            share = 100 * (job.progress - begin) / (end - begin)
            return stages[state], min(max(share, 0), 100)
    return _WAITING, 0


def _left(seconds: float | None) -> str:
    if seconds is None:
        return ""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d} left"
