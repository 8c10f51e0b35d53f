"""Check a move against its clip."""

from typing import Final

from domain.library.moves import Move
from domain.shared.violations import Violation

_TOLERANCE: Final = 0.05
"""Tolerance for the duration of a clip, in seconds: 1.5 frames at 30 frames per second."""


def move_faults(move: Move, seconds: float | None = None) -> tuple[Violation, ...]:
    """Return everything that is wrong with a move whose clip lasts ``seconds``.

    Without ``seconds`` the move's own duration is used.
    """
    faults: list[Violation] = []
    lasts = move.duration if seconds is None else seconds
    if abs(lasts - move.duration) > _TOLERANCE:
        message = f"The record states {move.duration:.3f} s; the clip lasts {lasts:.3f} s."
        faults.append(_fault("duration", message))
    if not 30 <= move.tempo <= 300:
        faults.append(_fault("tempo", f"{move.tempo:g} BPM is not between 30 and 300."))
    if not 0 <= move.first_count < lasts:
        faults.append(_fault("first_count", f"{move.first_count:.3f} s is not within the clip."))
    if any(not 0 <= beat <= lasts + _TOLERANCE for beat in move.beats):
        faults.append(_fault("beats", "A beat is not within the clip."))
    if any(later <= beat for beat, later in zip(move.beats, move.beats[1:], strict=False)):
        faults.append(_fault("beats", "The beats do not follow one another."))
    return tuple(faults)


def _fault(name: str, message: str) -> Violation:
    return Violation(path=f"$.{name}", message=message)
