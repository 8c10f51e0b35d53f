"""Filter chains: frame grid, size, colours and fades of the video; duration of the audio."""

from fractions import Fraction
from typing import Final

import msgspec

SAMPLE_RATE: Final = 48_000
"""Audio samples per second; a whole number of them fits a frame at every frame rate."""
SPARE: Final = 3
"""Maximum repetitions of a clip's last frame, to compensate rounding at its end."""
EDGE: Final = 240
"""Samples (5 ms) of fade at the ends of a clip's own sound, so that a cut does not click."""

_TICKS: Final = 1_440_000
"""Time base that is a multiple of every frame rate and of milliseconds."""


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """The options for reading the video of a clip."""

    track: int | None = None
    """Index of its track; None means the first that is not a cover picture."""
    interlaced: bool = False
    hdr: bool = False
    colours: tuple[str, str, str] | None = None
    """Primaries, transfer and matrix, if they are not BT.709."""

    def of(self, number: int) -> str:
        """Return FFmpeg's name of the track in input ``number``."""
        return f"{number}:V:0" if self.track is None else f"{number}:{self.track}"


PLAIN: Final = Shown()
"""The options for an ordinary clip."""


def whole_pictures(video: Shown) -> list[str]:
    """Merge both fields of interlaced frames, which otherwise show different moments."""
    return ["bwdif=mode=send_frame:deint=interlaced"] if video.interlaced else []


def grid(frame_rate: int, rate: Fraction = Fraction(1), spare: int = 0) -> list[str]:
    """Place frames on the film's grid from time 0 on, with ``rate`` clip seconds per film second.

    A frame goes to the slot nearest to its time and is held until the next one; the last is held
    for its duration, or for ``spare`` more frames. Of the frames before time 0 the latest is the
    first frame.
    """
    tempo = [
        f"settb=1/{_TICKS}",
        f"setpts=round(PTS*{rate.denominator}/{rate.numerator})",
    ]
    onto = [*(tempo if rate != 1 else ()), f"fps={frame_rate}:start_time=0"]
    if not spare:
        return [*_ENDED, *onto, *_WITHOUT_THE_END]
    # Pad before the grid too: FFmpeg 5 may take the start of the last frame for the clip's end, and
    # the grid would drop that frame.
    still = [f"tpad=stop={spare}:stop_mode=clone"]
    return [*still, *onto, *still]


_ENDED: Final = (
    "setfield=tff",
    "tpad=stop=2",
    "select='eq(interlace_type,TOPFIRST)+gt(t-prev_t,0.002)'",
)
"""Black frames after a clip's end, marked by their field order.

If frame durations are missing, FFmpeg 5 takes the start of the last frame for the clip's end. The
first black frame then coincides with the last frame of the clip and is dropped, and the second one
comes after it.
"""
_WITHOUT_THE_END: Final = ("select='eq(interlace_type,TOPFIRST)'", "setfield=prog")
"""Select a clip's own frames, as progressive frames."""


def fitted(width: int, height: int, video: Shown = PLAIN) -> list[str]:
    """Fit a picture of any shape into the film's, centred on black, as 4:2:0 BT.709."""
    shape = (
        f"scale=w='max(2,2*trunc(min({width},{height}*dar)/2))'"
        f":h='max(2,2*trunc(min({height},{width}/dar)/2))'"
        ":out_color_matrix=bt709:out_range=tv"
    )
    return [
        *_as_bt709(video),
        shape,
        "setsar=1",
        f"pad={width}:{height}:-1:-1",
        "format=yuv420p",
        "setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709",
    ]


def _as_bt709(video: Shown) -> list[str]:
    """Convert other colours to BT.709; all three values are set, because files may omit some."""
    if video.colours is None:
        return []
    primaries, transfer, matrix = video.colours
    source = f"setparams=color_primaries={primaries}:color_trc={transfer}:colorspace={matrix}"
    return [source, *(_TONE_MAP if video.hdr else ("zscale=p=bt709:t=bt709:m=bt709:r=tv",))]


_TONE_MAP: Final = (
    "zscale=t=linear:npl=100",
    "format=gbrpf32le",
    "zscale=p=bt709",
    "tonemap=tonemap=hable:desat=0",
    "zscale=t=bt709:m=bt709:r=tv",
)
"""Convert PQ or HLG to standard dynamic range."""


def faded(frames: int | None, fade_in: int, fade_out: int) -> list[str]:
    """Fade from black over the first frames and to black over the last of ``frames``."""
    return [
        *([f"fade=t=in:start_frame=0:nb_frames={fade_in}"] if fade_in else ()),
        *(
            [f"fade=t=out:start_frame={frames - fade_out}:nb_frames={fade_out}"]
            if fade_out and frames
            else ()
        ),
    ]


def leaving(frames: int) -> list[str]:
    """Make a picture more transparent frame by frame: frame j has opacity (frames - j) / (frames +
    1).

    The fade begins one frame early, so that even the first frame mixes both clips. (`xfade` works
    in 4:4:4 and so blurs the colours of the whole cut.)
    """
    return [
        "tpad=start=1:start_mode=clone",
        "format=yuva420p",
        f"fade=t=out:start_frame=0:nb_frames={frames + 1}:alpha=1",
        "trim=start_frame=1",
        "setpts=PTS-STARTPTS",
    ]


LAID_OVER: Final = "overlay=format=yuv420:eof_action=pass"
"""Overlay one picture on another of the same size while the upper one lasts."""


def stereo() -> list[str]:
    """Convert any audio to 48 kHz stereo, from its first sample on."""
    return [f"aresample={SAMPLE_RATE}", "aformat=sample_fmts=fltp:channel_layouts=stereo"]


COUNTED: Final = f"asettb=1/{SAMPLE_RATE},asetpts=N"
"""Times counted by samples; in seconds, rounding would sometimes be off by one sample."""


def lasting(samples: int | None) -> list[str]:
    """Pad with silence and end after ``samples``; without them, pad for ever."""
    return ["apad"] if samples is None else [f"apad=whole_len={samples}", end(samples)]


def end(samples: int) -> str:
    """Cut after ``samples`` samples."""
    return f"atrim=end_sample={samples}"


def sound_faded(samples: int | None, fade_in: int, fade_out: int) -> list[str]:
    """Fade from silence over the first samples and to silence over the last of ``samples``."""
    return [
        *([f"afade=t=in:ss=0:ns={fade_in}"] if fade_in else ()),
        *([f"afade=t=out:ss={samples - fade_out}:ns={fade_out}"] if fade_out and samples else ()),
    ]


def samples_in(frames: int, frame_rate: int) -> int:
    """Return the number of samples that last as long as ``frames`` frames."""
    return round(Fraction(frames * SAMPLE_RATE, frame_rate))


def seconds(time: Fraction) -> str:
    """Return a time as FFmpeg reads it, in seconds with microseconds."""
    return f"{round(time * 1_000_000) / 1_000_000:.6f}"
