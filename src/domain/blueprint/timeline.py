"""Convert a Blueprint into frames: the frames of each clip, and the soundtrack."""

from fractions import Fraction

import msgspec

from domain.blueprint.model import Blueprint, BlueprintMove, OutputConfig, Transition
from domain.shared.frame_time import exact, frame_at, nearest


class Crossfade(msgspec.Struct, frozen=True, kw_only=True):
    """The previous clip, which continues under the first frames of a cut."""

    clip: str
    first: int
    """First frame of the overlap, counted in the clip at the film's frame rate."""
    rate: Fraction
    frames: int


class Cut(msgspec.Struct, frozen=True, kw_only=True):
    """Consecutive frames of one clip. Equal cuts look the same and are rendered once."""

    clip: str
    first: int
    """First frame, counted in the clip at the film's frame rate."""
    frames: int
    """Number of frames of the finished film that it fills."""
    rate: Fraction
    """Clip seconds per second of the film."""
    fade_in: int = 0
    fade_out: int = 0
    """Number of frames that fade from and to black."""
    crossfade: Crossfade | None = None

    def pictures(self, output: OutputConfig) -> int:
        """Return the number of encoded frames: the film's, or the clip's with a variable frame
        rate.
        """
        if output.frame_rate_mode == "constant":
            return self.frames
        return max(1, nearest(self.frames * self.rate))


class Cue(msgspec.Struct, frozen=True, kw_only=True):
    """A clip's own sound during its cut."""

    clip: str
    first: int
    frames: int
    rate: Fraction
    volume: float


class Soundtrack(msgspec.Struct, frozen=True, kw_only=True):
    """The sound of the film, from its first frame to its last."""

    frames: int
    frame_rate: int
    codec: str
    bitrate: str
    song: str | None = None
    """Storage path of the song; it is cut at the film's end, or padded with silence."""
    cues: tuple[Cue, ...] = ()
    """The clips' own sound, cut by cut; empty if all of it is silent."""
    fade_in: int = 0
    fade_out: int = 0
    loudness: float | None = None
    """Target loudness in LUFS (EBU R128); None keeps it as it is."""

    @property
    def seconds(self) -> Fraction:
        """Duration in seconds."""
        return Fraction(self.frames, self.frame_rate)


class Timeline(msgspec.Struct, frozen=True, kw_only=True):
    """The whole film in frames."""

    cuts: tuple[Cut, ...]
    soundtrack: Soundtrack
    output: OutputConfig

    @property
    def frames(self) -> int:
        """Duration of the film, in frames of its frame rate."""
        return self.soundtrack.frames

    @property
    def pictures(self) -> int:
        """Number of encoded frames of the film; each cut defines how long its frames are shown."""
        return sum(cut.pictures(self.output) for cut in self.cuts)

    @property
    def distinct(self) -> tuple[Cut, ...]:
        """All cuts to render, without duplicates, in order of first use."""
        return tuple(dict.fromkeys(self.cuts))


LOUDNESS = -14.0
"""Loudness of a normalised film in LUFS, as video services use it."""


def laid_out(blueprint: Blueprint) -> Timeline:
    """Convert a checked Blueprint into frames.

    A cut is at the frame nearest to the start of its move, so its error is at most half a frame;
    the film ends at the frame nearest to its end.
    """
    output = blueprint.output_config
    edges = _edges(blueprint)
    cuts = tuple(_cut(blueprint, index, edges) for index in range(len(blueprint.moves)))
    total = edges[-1]
    fade = frame_at(exact(output.fade_duration), output.frame_rate)
    has_sound = not output.add_audio_overlay or any(m.volume_adjustment for m in blueprint.moves)
    soundtrack = Soundtrack(
        frames=total,
        frame_rate=output.frame_rate,
        codec=output.audio_codec,
        bitrate=output.audio_bitrate,
        song=blueprint.audio_path if output.add_audio_overlay else None,
        cues=tuple(map(_cue, cuts, blueprint.moves)) if has_sound else (),
        fade_in=min(fade, cuts[0].frames),
        fade_out=min(fade, cuts[-1].frames),
        loudness=LOUDNESS if output.normalize_audio else None,
    )
    if not output.add_audio_overlay:
        cues = tuple(_in_full(cue, blueprint.moves) for cue in soundtrack.cues)
        soundtrack = msgspec.structs.replace(soundtrack, cues=cues)
    return Timeline(cuts=cuts, soundtrack=soundtrack, output=output)


def _edges(blueprint: Blueprint) -> list[int]:
    rate = blueprint.output_config.frame_rate
    starts = [frame_at(exact(move.start_time), rate) for move in blueprint.moves]
    return [0, *starts[1:], frame_at(blueprint.end, rate)]


def _cut(blueprint: Blueprint, index: int, edges: list[int]) -> Cut:
    output = blueprint.output_config
    moves = blueprint.moves
    move = moves[index]
    frames = edges[index + 1] - edges[index]
    last = index == len(moves) - 1
    fade = frame_at(exact(output.fade_duration), output.frame_rate)
    following = Transition.CUT if last else moves[index + 1].transition_type
    overlap = frame_at(exact(output.transition_duration), output.frame_rate)
    dip = overlap // 2
    entering = move.transition_type if index else Transition.CUT
    return Cut(
        clip=move.video_path,
        first=_first(move, output),
        frames=frames,
        rate=exact(move.playback_rate),
        fade_in=_dip(index == 0, fade, entering, overlap - dip, frames),
        fade_out=_dip(last, fade, following, dip, frames),
        crossfade=_crossfade(blueprint, index, edges, overlap)
        if entering is Transition.CROSSFADE and overlap
        else None,
    )


def _dip(at_the_end: bool, fade: int, transition: Transition, dip: int, frames: int) -> int:
    """Return the number of fading frames: the film's fade at its ends, half a
    dip to black inside.
    """
    if at_the_end:
        return min(fade, frames)
    return min(dip, frames) if transition is Transition.FADE_BLACK else 0


def _crossfade(blueprint: Blueprint, index: int, edges: list[int], overlap: int) -> Crossfade:
    before = blueprint.moves[index - 1]
    played = edges[index] - edges[index - 1]
    rate = exact(before.playback_rate)
    return Crossfade(
        clip=before.video_path,
        first=_first(before, blueprint.output_config) + round(played * rate),
        rate=rate,
        frames=min(overlap, edges[index + 1] - edges[index]),
    )


def _first(move: BlueprintMove, output: OutputConfig) -> int:
    return frame_at(exact(move.trim_start), output.frame_rate)


def _cue(cut: Cut, move: BlueprintMove) -> Cue:
    return Cue(
        clip=cut.clip,
        first=cut.first,
        frames=cut.frames,
        rate=cut.rate,
        volume=move.volume_adjustment,
    )


def _in_full(cue: Cue, moves: tuple[BlueprintMove, ...]) -> Cue:
    """Return a cue at full volume if there is no song and no move sets a volume."""
    if any(move.volume_adjustment for move in moves):
        return cue
    return msgspec.structs.replace(cue, volume=1.0)
