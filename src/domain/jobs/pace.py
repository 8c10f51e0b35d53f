"""The remaining time of a job, by the per cent that an observer has seen it gain."""

from typing import Final

import msgspec

_LEAST_GAIN: Final = 5
_LEAST_SECONDS: Final = 2.0
"""Basis of an estimate: per cent gained, and the time that it took."""


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """The progress that was seen first and last. It is immutable.

    All times are seconds of one clock that never goes backwards.
    """

    first: int
    """Progress in per cent when the observation began."""
    began: float
    """Time of that."""
    latest: int
    at: float
    """Time at which the latest progress was first seen."""

    @classmethod
    def begun(cls, progress: int, at: float) -> "Pace":
        """Return the pace at the beginning of an observation."""
        return cls(first=progress, began=at, latest=progress, at=at)

    def observed(self, progress: int, at: float) -> "Pace":
        """Return the pace after another look; less progress than before is another attempt."""
        if progress == self.latest:
            return self
        if progress < self.latest:
            return Pace.begun(progress, at)
        return msgspec.structs.replace(self, latest=progress, at=at)

    def remaining(self, at: float) -> float | None:
        """Return the estimated seconds until 100 per cent, to a tenth.

        None without a basis for an estimate, and when the estimated end has passed.
        """
        gained, elapsed = self.latest - self.first, self.at - self.began
        if gained < _LEAST_GAIN or elapsed < _LEAST_SECONDS:
            return None
        end = self.at + elapsed / gained * (100 - self.latest)
        return max(0.0, round(end - at, 1)) or None
