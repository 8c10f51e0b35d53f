"""Apply a user's correction to the beats of a clip."""

import msgspec

from domain.library.beat_grids import laid
from domain.library.corrections import Correction, as_tapped, counted, faults
from domain.library.moves import Move
from domain.library.songs import Analysis
from domain.shared.errors import InvalidRequest
from domain.shared.violations import Violation

_EIGHT = 8
_SLOWEST, _FASTEST = 30, 300
"""Limits for the tempo of a move in beats per minute."""


def retimed(move: Move, correction: Correction | None) -> Move:
    """Return the analysed move with a user's tempo, beats and first "1".

    For a clip without known beats, this corrects only the tempo and the first "1". A correction
    that gives an impossible tempo, such as twice 200 BPM, leaves the analysed values unchanged.
    """
    if correction is None or correction == Correction():
        return msgspec.structs.replace(move, correction=None)
    beats, one = counted(_analysis(move), correction)
    if not beats:
        return msgspec.structs.replace(move, correction=correction)
    tempo = _tempo(move, beats, correction)
    if not _SLOWEST <= tempo <= _FASTEST:
        return msgspec.structs.replace(move, correction=correction)
    return msgspec.structs.replace(
        move,
        tempo=tempo,
        # A clip whose counting starts late keeps that start after a correction.
        first_count=beats[one if _keeps_start(correction) else one % _EIGHT],
        beats=tuple(beats) if move.beats or correction.taps else (),
        confidence=1.0,
        correction=correction,
    )


def _keeps_start(correction: Correction) -> bool:
    return correction.one_at is None and not correction.taps


def refuse_undanceable(move: Move, correction: Correction) -> None:
    """Raise `InvalidRequest` for a correction that is impossible for this clip."""
    if wrong := faults(correction):
        raise InvalidRequest(wrong)
    if correction.taps and max(correction.taps) >= move.duration:
        message = f"A tap is after the end of the clip, which lasts {move.duration:.3f} s."
        raise InvalidRequest((Violation(path="$.taps", message=message),))
    if correction.one_at is not None and correction.one_at >= move.duration:
        message = f"This is after the end of the clip, which lasts {move.duration:.3f} s."
        raise InvalidRequest((Violation(path="$.one_at", message=message),))
    tempo = _tempo(move, counted(_analysis(move), correction)[0], correction)
    if not _SLOWEST <= tempo <= _FASTEST:
        message = (
            f"The corrected tempo would be {tempo:g} BPM; it must be from {_SLOWEST} to "
            f"{_FASTEST} BPM."
        )
        raise InvalidRequest((Violation(path="$.beats", message=message),))


def known_beats(move: Move) -> tuple[float, ...]:
    """Return the beats of a clip in seconds; if they are not known, a grid at its tempo."""
    return move.beats or tuple(laid(move.first_count, 60 / move.tempo, move.duration)[0])


def _analysis(move: Move) -> Analysis:
    return Analysis(
        tempo=move.tempo,
        beats=known_beats(move),
        ones=(move.first_count,),
        sections=(),
        duration=move.duration,
        analyzed_by="",
    )


def _tempo(move: Move, beats: list[float], correction: Correction) -> float:
    """Return the tempo in beats per minute; doubling or halving keeps the analysed value exact."""
    if correction.tempo is not None:
        return correction.tempo
    factor = {"double": 2.0, "half": 0.5, None: 1.0}[correction.beats]
    if correction.taps:
        return as_tapped(_analysis(move), correction).tempo * factor
    return move.tempo * factor
