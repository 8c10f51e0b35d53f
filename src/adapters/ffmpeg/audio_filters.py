"""FFmpeg command lines for audio: a clip's own sound, the mix of a film, and its loudness."""

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
TRUE_PEAK: Final = -1.0
"""Maximum true peak of an encoded sound in dBTP (EBU R128 s1)."""
CEILING: Final = -2.0
"""Maximum true peak before encoding, at first: an encoder adds some, often less than 1 dB."""
_SPARE: Final = 0.4
"""Decibels below `TRUE_PEAK` that a correction aims at."""
_TOLERANCE: Final = 0.45
"""Maximum error of an encoded sound's loudness in LU; less would be a matter of chance."""
NEAR: Final = 0.3
"""Inaudible difference in LU."""
SILENT: Final = -70.0
"""LUFS below which sound is not counted (ITU-R BS.1770)."""


class Loudness(msgspec.Struct, frozen=True, kw_only=True):
    """The integrated loudness of a sound (LUFS), and its highest true peak (dBTP)."""

    integrated: float
    peak: float


class Level(msgspec.Struct, frozen=True, kw_only=True):
    """The level change that gives a sound the requested loudness."""

    gain: float
    """Gain in decibels."""
    limited: bool = False
    """True if a limiter keeps peaks below the ceiling."""
    ceiling: float = CEILING
    """Maximum true peak before encoding in dBTP, if limited."""
    peak: float = CEILING
    """Expected true peak before encoding in dBTP."""


class AudioOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The options for reading the audio of a file."""

    track: int | None = None
    """Index of its track; None means the first."""
    endless: bool = False
    """True if the header of a WAV leaves its length open."""
    skip: int = 0
    """Number of bytes before the container."""
    forgiving: bool = False
    """True if the reader skips invalid data."""

    def of(self, number: int) -> str:
        """Return FFmpeg's name of the track in input ``number``."""
        return f"{number}:a:0" if self.track is None else f"{number}:{self.track}"

    @property
    def options(self) -> tuple[str, ...]:
        """Options of the input."""
        return (
            *(("-ignore_length", "1") if self.endless else ()),
            *(("-skip_initial_bytes", str(self.skip)) if self.skip else ()),
        )


FIRST: Final = AudioOptions()
"""The options for an ordinary file."""


class Mix(msgspec.Struct, frozen=True, kw_only=True):
    """Inputs, and a filter graph over them that ends in ``[sound]``."""

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
    audio: AudioOptions = FIRST,
) -> Mix:
    """Mix a song, clips' own sound, both or neither, for ``samples`` samples;
    fades are in samples.
    """
    inputs: list[str] = []
    steps: list[str] = []
    sources: list[tuple[list[str], AudioOptions, list[str]]] = []
    if song is not None:
        # The song's first sample starts with the first frame, whatever start time its file gives.
        sources.append((reading(song, audio_format, *audio.options), audio, ["asetpts=N/SR/TB"]))
    if own_sound is not None:
        sources.append((_pcm(own_sound), FIRST, []))
    for index, (arguments, track, cleaned) in enumerate(sources):
        inputs += arguments
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
        # The sum of two sounds can exceed full scale, so a limiter follows.
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
    audio: AudioOptions = FIRST,
    ffmpeg: str = "ffmpeg",
) -> list[str]:
    """Return the command that extracts a clip's sound during one cut, as 16-bit stereo PCM.

    The result has at most the cut's samples, with silence before sound that starts late; ``rate``
    changes the tempo, not the pitch.
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
        *("-map", audio.of(0), "-vn", "-af", ",".join(chain), "-c:a", f"pcm_{PCM}"),
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
    audio: AudioOptions = FIRST,
    ffmpeg: str = "ffmpeg",
) -> list[str]:
    """Return the command that measures a film's sound (EBU R128); its last lines on stderr have the
    result.
    """
    sound = mixed(
        song,
        own_sound,
        audio_format=audio_format,
        audio=audio,
        first_input=0,
        samples=samples,
        fade_in=fade_in,
        fade_out=fade_out,
        level=level,
    )
    measure = "[sound]ebur128=peak=true:framelog=verbose[measured]"
    return [
        *opening(ffmpeg, level="info", forgiving=audio.forgiving),
        *sound.inputs,
        *("-filter_complex", f"{sound.graph};{measure}", "-map", "[measured]"),
        *("-f", "null", "-"),
    ]


def loudness_in(lines: Sequence[str]) -> Loudness | None:
    """Parse the output of `build_loudness_command`; None if the sound is silent.

    Raises ValueError if ``lines`` contain no measurement.
    """
    values = dict(
        re.findall(r"^\s*(I|Peak):\s+(\S+) (?:LUFS|dBFS)", "\n".join(lines), re.MULTILINE)
    )
    if values.keys() != {"I", "Peak"}:
        raise ValueError("There is no measurement.")
    loudness = Loudness(integrated=float(values["I"]), peak=float(values["Peak"]))
    return loudness if loudness.integrated > SILENT else None


def levelled(loudness: Loudness, target: float, before: Level | None = None) -> Level:
    """Return the level that brings a sound, with this ``loudness`` at level ``before``, to
    ``target`` LUFS.

    The gain is constant; if the peaks would exceed the ceiling, a limiter is added.
    """
    change = target - loudness.integrated
    limited = loudness.peak + change > CEILING
    return Level(
        gain=(before.gain if before else 0.0) + change,
        limited=limited or (before is not None and before.limited),
        peak=min(loudness.peak + change, CEILING),
    )


def corrected(encoded: Loudness, target: float, level: Level, *, last: bool = False) -> Level:
    """Return the level at which a sound is encoded again that became ``encoded`` at ``level``.

    It is ``level`` if the peaks are below `TRUE_PEAK` and the loudness is near ``target`` LUFS. An
    encoder's noise adds up to 4 dB to peaks; how much depends on the sound, the bitrate and
    FFmpeg's version. A correction that is the ``last`` makes all of the sound quieter, too.
    """
    # The measurement has one decimal, so -1.0 may be -0.96.
    over = encoded.peak - TRUE_PEAK + _SPARE if encoded.peak > TRUE_PEAK - 0.05 else 0.0
    error = target - encoded.integrated
    if not over and (last or abs(error) < _TOLERANCE):
        return level
    change = -over if last else error
    peak = min(level.peak + max(0.0, change), level.ceiling if level.limited else CEILING) - over
    return Level(
        gain=level.gain + change,
        limited=level.limited or peak < level.peak + change,
        ceiling=min(peak, level.ceiling) if over else level.ceiling,
        peak=peak,
    )


def _at(level: Level) -> list[str]:
    """Return the gain filter, and a limiter at four times the sample rate, which
    shows true peaks.
    """
    gain = f"volume={level.gain:.3f}dB:precision=float"
    if not level.limited:
        return [gain]
    # FFmpeg's limiter goes down to 1/16.
    ceiling = f"limit={max(0.0625, 10 ** (level.ceiling / 20)):.6f}"
    high = f"aresample={4 * filters.SAMPLE_RATE}"
    return [gain, high, f"alimiter={ceiling}:level=0:latency=1", *filters.stereo()]
