"""The filter chains: the frame grid, the film's size and colours, fades; and the sound's length."""

from fractions import Fraction
from typing import Final

import msgspec

SAMPLE_RATE: Final = 48_000
"""Samples a second of a film's sound; a whole number of them fits every frame rate."""
SPARE: Final = 3
"""Frames the last frame of a clip may be repeated for, to make up for rounding at its end."""
EDGE: Final = 240
"""Samples (5 ms) over which a clip's own sound comes and goes, so that a cut does not click."""

_TICKS: Final = 1_440_000
"""A time base that every frame rate, and milliseconds, divide."""


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """How a clip's picture is to be read."""

    track: int | None = None
    """Number of its track; the first that is no cover where it is not known."""
    interlaced: bool = False
    hdr: bool = False
    colours: tuple[str, str, str] | None = None
    """Primaries, transfer and matrix, where they are not those of BT.709."""

    def of(self, number: int) -> str:
        """The track as FFmpeg knows it, in the input of that ``number``."""
        return f"{number}:V:0" if self.track is None else f"{number}:{self.track}"


PLAIN: Final = Shown()
"""A picture like most."""


def whole_pictures(shown: Shown) -> list[str]:
    """Both fields of interlaced pictures as one, which else would be moments apart."""
    return ["bwdif=mode=send_frame:deint=interlaced"] if shown.interlaced else []


def grid(frame_rate: int, rate: Fraction = Fraction(1), spare: int = 0) -> list[str]:
    """Put frames on the film's grid from time 0 on, ``rate`` clip seconds to a film second.

    A frame goes to the slot nearest to its time and is held until the next one; the last is held
    for as long as it lasts, or for ``spare`` frames more. Frames before time 0 count: the latest of
    them opens.
    """
    tempo = [
        f"settb=1/{_TICKS}",
        f"setpts=round(PTS*{rate.denominator}/{rate.numerator})",
    ]
    onto = [*(tempo if rate != 1 else ()), f"fps={frame_rate}:start_time=0"]
    if not spare:
        return [*_ENDED, *onto, *_WITHOUT_THE_END]
    # Padded before the grid as well: FFmpeg 5 may take a clip to end when its last frame begins,
    # and the grid would leave that frame out.
    held = [f"tpad=stop={spare}:stop_mode=clone"]
    return [*held, *onto, *held]


_ENDED: Final = (
    "setfield=tff",
    "tpad=stop=2",
    "select='eq(interlace_type,TOPFIRST)+gt(t-prev_t,0.002)'",
)
"""Black frames from a clip's end on, told from its own by their fields.

Where the duration of frames is not written, FFmpeg 5 takes a clip to end when its last frame
begins; there the first black frame falls on the last of the clip and is left out, and the second
one comes when that has been seen.
"""
_WITHOUT_THE_END: Final = ("select='eq(interlace_type,TOPFIRST)'", "setfield=prog")
"""A clip's own frames alone, as whole pictures."""


def fitted(width: int, height: int, shown: Shown = PLAIN) -> list[str]:
    """Fit a picture of any shape into the film's, centred on black, as 4:2:0 BT.709."""
    shape = (
        f"scale=w='max(2,2*trunc(min({width},{height}*dar)/2))'"
        f":h='max(2,2*trunc(min({height},{width}/dar)/2))'"
        ":out_color_matrix=bt709:out_range=tv"
    )
    return [
        *_as_bt709(shown),
        shape,
        "setsar=1",
        f"pad={width}:{height}:-1:-1",
        "format=yuv420p",
        "setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709",
    ]


def _as_bt709(shown: Shown) -> list[str]:
    """Other colours as those of BT.709; all three are told, since files may leave some out."""
    if shown.colours is None:
        return []
    primaries, transfer, matrix = shown.colours
    told = f"setparams=color_primaries={primaries}:color_trc={transfer}:colorspace={matrix}"
    return [told, *(_TONE_MAP if shown.hdr else ("zscale=p=bt709:t=bt709:m=bt709:r=tv",))]


_TONE_MAP: Final = (
    "zscale=t=linear:npl=100",
    "format=gbrpf32le",
    "zscale=p=bt709",
    "tonemap=tonemap=hable:desat=0",
    "zscale=t=bt709:m=bt709:r=tv",
)
"""From PQ or HLG to what an ordinary screen shows."""


def faded(frames: int | None, fade_in: int, fade_out: int) -> list[str]:
    """From black over the first frames and to black over the last of ``frames``."""
    return [
        *([f"fade=t=in:start_frame=0:nb_frames={fade_in}"] if fade_in else ()),
        *(
            [f"fade=t=out:start_frame={frames - fade_out}:nb_frames={fade_out}"]
            if fade_out and frames
            else ()
        ),
    ]


def leaving(frames: int) -> list[str]:
    """Make a picture more transparent frame by frame: j shows (frames - j) / (frames + 1) of it.

    The fade begins one frame early, so that even the first frame is not of one clip only. (`xfade`
    would do, but works in 4:4:4 and so blurs the colours of the whole cut.)
    """
    return [
        "tpad=start=1:start_mode=clone",
        "format=yuva420p",
        f"fade=t=out:start_frame=0:nb_frames={frames + 1}:alpha=1",
        "trim=start_frame=1",
        "setpts=PTS-STARTPTS",
    ]


LAID_OVER: Final = "overlay=format=yuv420:eof_action=pass"
"""One picture over another of the same size, for as long as there is one."""


def stereo() -> list[str]:
    """Any sound as 48 kHz stereo, from its first sample on."""
    return [f"aresample={SAMPLE_RATE}", "aformat=sample_fmts=fltp:channel_layouts=stereo"]


COUNTED: Final = f"asettb=1/{SAMPLE_RATE},asetpts=N"
"""Times counted by samples; reckoned in seconds they would now and then be one sample off."""


def lasting(samples: int | None) -> list[str]:
    """Silence after the end, and an end after ``samples``; without them, silence for ever."""
    return ["apad"] if samples is None else [f"apad=whole_len={samples}", end(samples)]


def end(samples: int) -> str:
    """No sample after these."""
    return f"atrim=end_sample={samples}"


def sound_faded(samples: int | None, fade_in: int, fade_out: int) -> list[str]:
    """From silence over the first samples and to silence over the last of ``samples``."""
    return [
        *([f"afade=t=in:ss=0:ns={fade_in}"] if fade_in else ()),
        *([f"afade=t=out:ss={samples - fade_out}:ns={fade_out}"] if fade_out and samples else ()),
    ]


def samples_in(frames: int, frame_rate: int) -> int:
    """Samples that last as long as ``frames`` frames."""
    return round(Fraction(frames * SAMPLE_RATE, frame_rate))


def seconds(time: Fraction) -> str:
    """A time as FFmpeg reads it, to the microsecond."""
    return f"{round(time * 1_000_000) / 1_000_000:.6f}"
