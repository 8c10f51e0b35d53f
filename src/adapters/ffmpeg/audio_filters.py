"""FFmpeg command lines for sound: a clip's own, the mix under a film, and how loud that is."""

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Final

import msgspec

from adapters.ffmpeg import filters
from adapters.ffmpeg.guards import PathLike, local, opening, reading, writing

BYTES_A_SAMPLE: Final = 4
"""Two channels of 16 bits."""
PCM: Final = "s16le"
CEILING: Final = -1.5
"""dBTP: half a decibel under what EBU R128 s1 allows, for what the encoder adds."""
SILENT: Final = -70.0
"""LUFS; nothing below is counted (ITU-R BS.1770)."""


class Loudness(msgspec.Struct, frozen=True, kw_only=True):
    """How loud a sound is as a whole (LUFS), and its highest true peak (dBTP)."""

    integrated: float
    peak: float


class Level(msgspec.Struct, frozen=True, kw_only=True):
    """What is done to a sound so that it is as loud as it should be."""

    gain: float
    """Decibels."""
    limited: bool = False
    """Whether peaks are kept under the ceiling."""


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """How a file's sound is to be read."""

    track: int | None = None
    """Number of its track; the first where it is not known."""
    endless: bool = False
    """Whether a WAV's header leaves its length open."""
    skip: int = 0
    """Bytes in front of it."""
    forgiving: bool = False
    """Whether rubbish in it is passed over."""

    def of(self, number: int) -> str:
        """The track as FFmpeg knows it, in the input of that ``number``."""
        return f"{number}:a:0" if self.track is None else f"{number}:{self.track}"

    @property
    def options(self) -> tuple[str, ...]:
        """Options of the input."""
        return (
            *(("-ignore_length", "1") if self.endless else ()),
            *(("-skip_initial_bytes", str(self.skip)) if self.skip else ()),
        )


FIRST: Final = Heard()
"""The sound of a file like most."""


class Mix(msgspec.Struct, frozen=True, kw_only=True):
    """Inputs to be read and a graph over them that ends in ``[sound]``."""

    inputs: list[str]
    graph: str


def mixed(
    song: PathLike | None,
    own_sound: PathLike | None,
    *,
    audio_format: str,
    first_input: int,
    samples: int | None,
    fade_in: int = 0,
    fade_out: int = 0,
    level: Level | None = None,
    heard: Heard = FIRST,
) -> Mix:
    """A song, clips' own sound, both together or neither, ``samples`` long; fades in samples."""
    inputs: list[str] = []
    steps: list[str] = []
    sources: list[tuple[list[str], Heard, list[str]]] = []
    if song is not None:
        # The song's first sample is heard with the first frame, however late its file says it is.
        sources.append((reading(song, audio_format, *heard.options), heard, ["asetpts=N/SR/TB"]))
    if own_sound is not None:
        sources.append((_pcm(own_sound), FIRST, []))
    for index, (given, track, cleaned) in enumerate(sources):
        inputs += given
        chain = [*filters.stereo(), *cleaned, *filters.lasting(samples)]
        steps.append(f"[{track.of(first_input + index)}]{','.join(chain)}[in{index}]")
    ending = [
        *(_at(level) if level else ()),
        *(filters.lasting(samples) if level and level.limited else ()),
        *filters.sound_faded(samples, fade_in, fade_out),
    ]
    joined = "".join(f"[in{index}]" for index in range(len(sources)))
    if not sources:
        silence = f"anullsrc=r={filters.SAMPLE_RATE}:cl=stereo"
        ending = [silence] if samples is None else [silence, filters.end(samples)]
    elif len(sources) > 1:
        # Two sounds at full level are louder than full level: the limiter takes what is over.
        both = f"amix=inputs={len(sources)}:duration=longest:normalize=0"
        ending = [both, "alimiter=limit=0.97:level=0:latency=1", *filters.lasting(samples), *ending]
    steps.append(f"{joined}{','.join(ending or ['anull'])}[sound]")
    return Mix(inputs=inputs, graph=";".join(steps))


def _pcm(file: PathLike) -> list[str]:
    form = ("-f", PCM, "-ar", str(filters.SAMPLE_RATE), "-ac", "2")
    return ["-protocol_whitelist", "file", *form, "-i", local(file)]


def build_own_sound_command(
    clip: PathLike,
    output_file: PathLike,
    *,
    first: int,
    frames: int,
    frame_rate: int,
    rate: Fraction = Fraction(1),
    volume: float = 1.0,
    input_format: str = "mov",
    heard: Heard = FIRST,
    ffmpeg: str = "ffmpeg",
) -> list[str]:
    """What is heard in a clip during one cut, as 16-bit stereo PCM, at most a cut's samples.

    Where the clip's sound starts late there is silence; ``rate`` changes the tempo, not the pitch.
    """
    samples = filters.samples_in(frames, frame_rate)
    edge = min(filters.EDGE, samples // 2)
    chain = [
        f"aresample={filters.SAMPLE_RATE}:async=1:first_pts=0",
        "aformat=sample_fmts=fltp:channel_layouts=stereo",
        *([f"atempo={float(rate):.9f}"] if rate != 1 else ()),
        *([f"volume={volume:.6f}"] if volume != 1 else ()),
        *filters.lasting(samples),
        *filters.sound_faded(samples, edge, edge),
    ]
    moment = ("-ss", filters.seconds(Fraction(first, frame_rate))) if first else ()
    return [
        *opening(ffmpeg),
        *reading(clip, input_format, *moment),
        *("-map", heard.of(0), "-vn", "-af", ",".join(chain), "-c:a", f"pcm_{PCM}"),
        *writing(output_file, PCM),
    ]


def build_loudness_command(
    song: PathLike | None,
    own_sound: PathLike | None,
    *,
    samples: int,
    fade_in: int = 0,
    fade_out: int = 0,
    level: Level | None = None,
    audio_format: str = "mp3",
    heard: Heard = FIRST,
    ffmpeg: str = "ffmpeg",
) -> list[str]:
    """Measure what a film's sound will be (EBU R128); the numbers are the last lines on stderr."""
    sound = mixed(
        song,
        own_sound,
        audio_format=audio_format,
        heard=heard,
        first_input=0,
        samples=samples,
        fade_in=fade_in,
        fade_out=fade_out,
        level=level,
    )
    measure = "[sound]ebur128=peak=true:framelog=verbose[measured]"
    return [
        *opening(ffmpeg, level="info", forgiving=heard.forgiving),
        *sound.inputs,
        *("-filter_complex", f"{sound.graph};{measure}", "-map", "[measured]"),
        *("-f", "null", "-"),
    ]


def loudness_in(lines: Sequence[str]) -> Loudness | None:
    """Read what `build_loudness_command` told; None where nothing but silence was heard.

    Raises ValueError when there is no measurement in ``lines``.
    """
    found = dict(re.findall(r"^\s*(I|Peak):\s+(\S+) (?:LUFS|dBFS)", "\n".join(lines), re.MULTILINE))
    if found.keys() != {"I", "Peak"}:
        raise ValueError("There is no measurement.")
    heard = Loudness(integrated=float(found["I"]), peak=float(found["Peak"]))
    return heard if heard.integrated > SILENT else None


def levelled(heard: Loudness, target: float, before: Level | None = None) -> Level:
    """The level that brings what was ``heard``, at the level ``before``, to ``target`` LUFS.

    One gain for the whole; where the peaks would rise over the ceiling they are limited as well.
    """
    gain = (before.gain if before else 0.0) + target - heard.integrated
    limited = heard.peak + target - heard.integrated > CEILING
    return Level(gain=gain, limited=limited or (before is not None and before.limited))


def _at(level: Level) -> list[str]:
    """The gain; and, at four times the sample rate, where true peaks show, the limiter."""
    gain = f"volume={level.gain:.3f}dB:precision=float"
    if not level.limited:
        return [gain]
    ceiling = f"limit={10 ** (CEILING / 20):.6f}"
    high = f"aresample={4 * filters.SAMPLE_RATE}"
    return [gain, high, f"alimiter={ceiling}:level=0:latency=1", *filters.stereo()]
