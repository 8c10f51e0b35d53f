"""The places of scenes in a video, and the times of their captions."""

from collections.abc import Sequence
from fractions import Fraction

from application.scripts.narrate import Voice
from application.scripts.notes import Notes
from domain.scripts.captions import Cue, cues_of
from domain.scripts.composition import FRAME_RATE, CompositionSettings
from domain.scripts.scenes import Scene
from domain.scripts.timing import LEAD, Span, Timed, spans_of
from domain.shared.result_warnings import WarningCode


def spans_for(
    scenes: Sequence[Scene],
    voices: Sequence[Voice | None],
    settings: CompositionSettings,
    notes: Notes,
) -> tuple[Span, ...]:
    """Return the places of the scenes; notes those that last longer than requested."""
    timed = [
        Timed(
            words=len(scene.text.split()),
            voice=voice and voice.seconds,
            stated=None if scene.duration is None else Fraction(str(scene.duration)),
        )
        for scene, voice in zip(scenes, voices, strict=True)
    ]
    for number, each in enumerate(timed, 1):
        if each.stated is not None and each.least > each.stated:
            notes.add(
                WarningCode.SCENE_LONGER,
                f"Scene {number} lasts {float(each.least):.1f} s, not {float(each.stated):g} s, "
                "because its voice is longer.",
            )
    requested = None if settings.duration is None else Fraction(str(settings.duration))
    spans = spans_of(timed, requested, FRAME_RATE)
    frames = spans[-1].first + spans[-1].frames
    if requested is not None and frames > round(requested * FRAME_RATE):
        notes.add(
            WarningCode.VIDEO_LONGER,
            f"The video lasts {frames / FRAME_RATE:.1f} s, not {float(requested):g} s, because its "
            "scenes need that long; shorten the script.",
        )
    return spans


def captions_for(
    scenes: Sequence[Scene], voices: Sequence[Voice | None], spans: Sequence[Span]
) -> list[tuple[Cue, ...]]:
    """Return the captions of each scene, in seconds of the scene."""
    captions: list[tuple[Cue, ...]] = []
    for scene, voice, span in zip(scenes, voices, spans, strict=True):
        whole = Fraction(span.frames, FRAME_RATE)
        if voice is None:
            captions.append(cues_of(scene.text, whole))
            continue
        spoken = cues_of(scene.text, voice.seconds, voice.words)
        captions.append(
            tuple(
                Cue(text=cue.text, start=cue.start + LEAD, end=min(whole, cue.end + LEAD))
                for cue in spoken
            )
        )
    return captions
