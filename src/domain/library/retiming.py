"""A clip's time as a person says it is, which wins over what was heard in it."""

import msgspec

from domain.library.corrections import Correction, counted, laid
from domain.library.moves import Move
from domain.library.songs import Analysis
from domain.shared.errors import InvalidRequest
from domain.shared.violations import Violation

_EIGHT = 8
_SLOWEST, _FASTEST = 30, 300
"""Beats a minute that a move may have."""


def retimed(heard: Move, correction: Correction | None) -> Move:
    """A move as it was heard, with the tempo, the beats and the first "1" that a person says.

    Of a clip whose beats are not known the tempo and the first "1" are corrected. What cannot be
    danced, such as twice 200 beats a minute, is left as it was heard.
    """
    if correction is None or correction == Correction():
        return msgspec.structs.replace(heard, correction=None)
    beats, one = counted(_analysis(heard), correction)
    if not beats:
        return msgspec.structs.replace(heard, correction=correction)
    tempo = _tempo(heard, beats, correction)
    if not _SLOWEST <= tempo <= _FASTEST:
        return msgspec.structs.replace(heard, correction=correction)
    return msgspec.structs.replace(
        heard,
        tempo=tempo,
        # A clip that is said to begin its counting late does so after a correction, too.
        first_count=beats[one if correction.one_at is None else one % _EIGHT],
        beats=tuple(beats) if heard.beats else (),
        confidence=1.0,
        correction=correction,
    )


def refuse_undanceable(heard: Move, correction: Correction) -> None:
    """Raise `InvalidRequest` for a correction that cannot be of this clip."""
    if correction.one_at is not None and correction.one_at >= heard.duration:
        message = f"The clip lasts {heard.duration:.3f} s."
        raise InvalidRequest((Violation(path="$.one_at", message=message),))
    tempo = _tempo(heard, counted(_analysis(heard), correction)[0], correction)
    if not _SLOWEST <= tempo <= _FASTEST:
        message = f"It would be {tempo:g} BPM; {_SLOWEST} to {_FASTEST} can be danced."
        raise InvalidRequest((Violation(path="$.beats", message=message),))


def _analysis(heard: Move) -> Analysis:
    beats = heard.beats or tuple(laid(heard.first_count, 60 / heard.tempo, heard.duration)[0])
    return Analysis(
        tempo=heard.tempo,
        beats=beats,
        ones=(heard.first_count,),
        sections=(),
        duration=heard.duration,
        analyzed_by="",
    )


def _tempo(heard: Move, beats: list[float], correction: Correction) -> float:
    """Beats a minute; what was heard is doubled or halved rather than measured anew."""
    if correction.tempo is not None:
        return correction.tempo
    factor = {"double": 2.0, "half": 0.5, None: 1.0}[correction.beats]
    return heard.tempo * factor
