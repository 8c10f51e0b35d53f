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
) -> Mix:
    """A song, clips' own sound, both together or neither, ``samples`` long; fades in samples."""
    inputs: list[str] = []
    steps: list[str] = []
    sources: list[tuple[list[str], list[str]]] = []
    if song is not None:
        # The song's first sample is heard with the first frame, however late its file says it is.
        sources.append((reading(song, audio_format), ["asetpts=N/SR/TB"]))
    if own_sound is not None:
        sources.append((_pcm(own_sound), []))
    for index, (given, cleaned) in enumerate(sources):
        inputs += given
        chain = [*filters.stereo(), *cleaned, *filters.lasting(samples)]
        steps.append(f"[{first_input + index}:a:0]{','.join(chain)}[in{index}]")
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
        *("-map", "0:a:0", "-vn", "-af", ",".join(chain), "-c:a", f"pcm_{PCM}"),
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
    ffmpeg: str = "ffmpeg",
) -> list[str]:
    """Measure what a film's sound will be (EBU R128); the numbers are the last lines on stderr."""
    sound = mixed(
        song,
        own_sound,
        audio_format=audio_format,
        first_input=0,
        samples=samples,
        fade_in=fade_in,
        fade_out=fade_out,
        level=level,
    )
    measure = "[sound]ebur128=peak=true:framelog=verbose[measured]"
    return [
        *opening(ffmpeg, level="info"),
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
