"""Progress of a job: per cent of the whole, the remaining time, and which reports become events."""

from typing import Final

import msgspec

IDS_PER_ATTEMPT: Final = 1_000_000
"""Number of event ids of one attempt, so that a later attempt has larger ones."""
INTERVAL: Final = 1.0
"""Seconds after which an event is worth telling although no per cent has been gained."""
_LEAST_PIECES: Final = 2
_LEAST_SECONDS: Final = 1.0
"""Basis of an estimate: finished pieces of the stage, and the time that they took."""
_MOST_BEFORE_END: Final = 99
"""Progress in per cent that a job cannot exceed before it has ended."""


def last_id(attempt: int) -> int:
    """Return the id of the last event of a job that ended in this attempt; 0 is before the first.

    It does not depend on the events before it, so that any process can tell the end of a job.
    """
    return attempt * IDS_PER_ATTEMPT + IDS_PER_ATTEMPT - 1


class Stage(msgspec.Struct, frozen=True, kw_only=True):
    """A stage of the work."""

    name: str
    progress: int
    """Progress of the whole job in per cent when the stage begins."""
    weight: float
    """Typical duration relative to the other stages."""


class JobProgress(msgspec.Struct, frozen=True, kw_only=True):
    """The progress that was last told of one attempt. It is immutable.

    All times are seconds of one clock that never goes backwards.
    """

    stages: tuple[Stage, ...]
    """All stages, in order."""
    attempt: int = 0
    progress: int = 0
    """Progress of the whole job in per cent; at first that of the attempt before."""
    number: int = 0
    """Number of events of this attempt."""
    stage: str | None = None
    eta_seconds: float | None = None
    """Estimated seconds until the end; None if there is no basis for an estimate."""
    told_at: float = 0.0
    entered_at: float = 0.0
    """Time at which the stage began."""
    ends_at: float | None = None
    """Estimated time of the end."""

    @property
    def event_id(self) -> int:
        """Id of the latest event; larger than those of earlier events and earlier attempts."""
        return self.attempt * IDS_PER_ATTEMPT + self.number

    def reported(self, stage: str, done: int, of: int, at: float) -> "JobProgress":
        """Return the progress after a report; the same object if it is not worth an event.

        ``done`` of ``of`` pieces of the stage are finished; 0 of 0 if they are not counted. A
        change of the stage is always told, a report of an earlier stage never; within a stage an
        event tells a new per cent, or comes `INTERVAL` seconds after the one before.
        """
        before, now = self._index(self.stage), self._index(stage)
        enters = now is not None and (before is None or now > before)
        if now is None or (not enters and now != before):
            return self
        progress = max(self.progress, self._percent(now, done, of))
        if not enters and progress == self.progress and at < self.told_at + INTERVAL:
            return self
        if self.number >= IDS_PER_ATTEMPT - 2:
            return self
        entered_at = at if enters else self.entered_at
        ends_at = self._end(now, done, of, at - entered_at, at)
        return msgspec.structs.replace(
            self,
            progress=progress,
            number=self.number + 1,
            stage=stage,
            eta_seconds=_until(ends_at, at),
            told_at=at,
            entered_at=entered_at,
            ends_at=ends_at,
        )

    def _index(self, stage: str | None) -> int | None:
        names = [each.name for each in self.stages]
        return names.index(stage) if stage in names else None

    def _percent(self, index: int, done: int, of: int) -> int:
        """Interpolate between the beginning of a stage and that of the next."""
        begin = self.stages[index].progress
        end = self.stages[index + 1].progress if index + 1 < len(self.stages) else 100
        share = min(max(done, 0), of) if of > 0 else 0
        gained = (end - begin) * share // of if of > 0 else 0
        return min(begin + gained, _MOST_BEFORE_END)

    def _end(self, index: int, done: int, of: int, elapsed: float, at: float) -> float | None:
        """Estimate the time of the end by the pace in this stage.

        The stage must take at least as long as all later ones, which are estimated by their weight.
        Otherwise, the last estimate remains.
        """
        weight = self.stages[index].weight
        later = sum(each.weight for each in self.stages[index + 1 :])
        counted = _LEAST_PIECES <= done <= of and elapsed >= _LEAST_SECONDS
        if not counted or weight <= 0 or weight < later:
            return self.ends_at
        whole = elapsed / done * of
        return at + whole - elapsed + whole * later / weight


def _until(ends_at: float | None, at: float) -> float | None:
    """Return the seconds until the estimated end, to a tenth.

    None if the end is here although the job has not ended, so that the estimate was wrong.
    """
    if ends_at is None:
        return None
    return max(0.0, round(ends_at - at, 1)) or None
