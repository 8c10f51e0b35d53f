"""Divide a cut into parts that are copied from its clip and parts that are encoded."""

from bisect import bisect_left
from collections.abc import Sequence

import msgspec

from domain.blueprint.model import OutputConfig
from domain.blueprint.timeline import Crossfade, Cut
from domain.shared.frame_time import nearest


class Copied(msgspec.Struct, frozen=True):
    """``count`` frames of the normalised clip, from frame ``first`` on."""

    first: int
    count: int


class Encoded(msgspec.Struct, frozen=True):
    """The first ``count`` frames of a separately encoded cut."""

    cut: Cut
    count: int


Part = Copied | Encoded


def is_encoded_whole(cut: Cut, output: OutputConfig) -> bool:
    """Return True if a cut has another tempo at a constant frame rate, so that no frame can be
    copied.
    """
    return output.frame_rate_mode == "constant" and cut.rate != 1


def frame_by_frame(cut: Cut, output: OutputConfig) -> Cut:
    """Return the cut as a sequence of the clip's own frames, each once, which are retimed later."""
    frames, rate = cut.pictures(output), cut.rate
    under = cut.crossfade
    return Cut(
        clip=cut.clip,
        first=cut.first,
        frames=frames,
        rate=rate / rate,
        fade_in=_scaled(cut.fade_in, cut, frames),
        fade_out=_scaled(cut.fade_out, cut, frames),
        crossfade=under
        and Crossfade(
            clip=under.clip,
            first=under.first,
            rate=under.rate / rate,
            frames=_scaled(under.frames, cut, frames),
        ),
    )


def _scaled(frames: int, cut: Cut, most: int) -> int:
    """Convert frames of the film to frames of the clip: at least 1, unless ``frames`` is 0."""
    return min(most, max(1, nearest(frames * cut.rate))) if frames else 0


def taken_apart(cut: Cut, keyframes: Sequence[int]) -> list[Part]:
    """Return the parts of a cut with the clip's own frames, in order.

    A copy starts at a keyframe and ends at any frame. The frames before the first keyframe that is
    unchanged by fades are encoded up to that keyframe, so that cuts of other lengths can share
    them; a fade-out at the end is encoded too.
    """
    if cut.rate != 1:
        raise ValueError("The cut does not consist of the clip's own frames.")
    changed = max(cut.fade_in, cut.crossfade.frames if cut.crossfade else 0)
    following = bisect_left(keyframes, cut.first + changed)
    copied_from = keyframes[following] - cut.first if following < len(keyframes) else cut.frames
    fades = cut.frames - cut.fade_out
    if copied_from >= fades and (cut.fade_out or following == len(keyframes)):
        return [Encoded(cut, cut.frames)]
    parts: list[Part] = []
    if copied_from:
        head = msgspec.structs.replace(cut, frames=copied_from, fade_out=0)
        parts.append(Encoded(head, min(copied_from, cut.frames)))
    if fades > copied_from:
        parts.append(Copied(cut.first + copied_from, fades - copied_from))
    if cut.fade_out:
        parts.append(Encoded(_ending(cut, fades), cut.fade_out))
    return parts


def _ending(cut: Cut, begin: int) -> Cut:
    return Cut(
        clip=cut.clip,
        first=cut.first + begin,
        frames=cut.frames - begin,
        rate=cut.rate,
        fade_out=cut.fade_out,
    )
