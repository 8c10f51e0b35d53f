"""FFmpeg command lines for making a film: pure functions from paths and numbers to arguments."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import msgspec

from adapters.ffmpeg import filters
from adapters.ffmpeg.audio_filters import FIRST, AudioOptions, Level, mixed
from adapters.ffmpeg.filters import PLAIN, Shown
from adapters.ffmpeg.guards import DECODERS, PathLike, local, opening, reading, writing
from adapters.ffmpeg.video_options import encoded


class Under(msgspec.Struct, frozen=True, kw_only=True):
    """The previous clip, visible under the first frames of a cut."""

    file: str
    input_format: str
    first: int
    """First frame of the overlap, in frames of the film."""
    rate: Fraction
    frames: int
    video: Shown = PLAIN


def build_normalize_command(
    input_file: PathLike,
    output_file: PathLike,
    frame_rate: int = 30,
    *,
    first: int = 0,
    frames: int | None = None,
    rate: Fraction = Fraction(1),
    fade_in: int = 0,
    fade_out: int = 0,
    under: Under | None = None,
    width: int = 1280,
    height: int = 720,
    codec: str = "libx264",
    bitrate: str = "2M",
    sound: bool = False,
    video: Shown = PLAIN,
    audio: AudioOptions = FIRST,
    input_format: str = "mov",
    progress: bool = False,
    ffmpeg: str = "ffmpeg",
) -> list[str]:
    """Convert a clip, or ``frames`` frames of it, to a given size, frame rate and encoding.

    ``first`` counts frames of the whole clip at ``frame_rate``; ``rate`` is clip seconds per film
    second; fades are in frames. Without ``sound`` the result is silent. The result equals the part
    of the whole normalised clip from ``first`` on.
    """
    own = [
        *filters.whole_pictures(video),
        *filters.grid(frame_rate, rate, spare=0 if frames is None else filters.SPARE),
        *filters.fitted(width, height, video),
    ]
    fades = filters.faded(frames, fade_in, fade_out)
    inputs = reading(input_file, input_format, *_from(first, frame_rate))
    if under is None:
        picture = ["-map", video.of(0), "-vf", ",".join([*own, *fades])]
    else:
        inputs += reading(under.file, under.input_format, *_from(under.first, frame_rate))
        before = [
            *filters.whole_pictures(under.video),
            *filters.grid(frame_rate, under.rate, spare=under.frames),
            f"trim=end_frame={under.frames}",
            *filters.fitted(width, height, under.video),
            *filters.leaving(under.frames),
        ]
        both = ",".join([filters.LAID_OVER, *fades])
        graph = (
            f"[{under.video.of(1)}]{','.join(before)}[before];"
            f"[{video.of(0)}]{','.join(own)}[own];[own][before]{both}"
        )
        picture = ["-filter_complex", f"{graph}[picture]", "-map", "[picture]"]
    own_sound = ["-map", f"{audio.of(0)}?", *_sound_encoded("aac", "128k")] if sound else ["-an"]
    return [
        *opening(ffmpeg, progress=progress),
        *inputs,
        *picture,
        *own_sound,
        *encoded(codec, width, height, frame_rate, bitrate),
        *(("-frames:v", str(frames)) if frames is not None else ()),
        *writing(output_file, "mp4", "-movflags", "+faststart"),
    ]


def _from(first: int, frame_rate: int) -> list[str]:
    """Return options that seek to a frame; the decoder begins at the previous keyframe.

    Frames before the moment are kept with negative times: in a clip with a lower or variable frame
    rate, one of them is the visible frame at that moment.
    """
    moment = filters.seconds(Fraction(first, frame_rate))
    return ["-noaccurate_seek", "-ss", moment] if first else []


def build_concat_command(
    concat_file: PathLike, output_file: PathLike, *, ffmpeg: str = "ffmpeg"
) -> list[str]:
    """Return the command that joins the films of a list file in order, without encoding."""
    return [
        *opening(ffmpeg),
        *("-protocol_whitelist", "file", "-codec_whitelist", DECODERS),
        # The list contains the service's own absolute paths, hence `-safe 0`; only MP4 files are
        # opened.
        *("-format_whitelist", "concat,mov", "-f", "concat", "-safe", "0"),
        *("-i", local(concat_file), "-map", "0:v:0", "-an", "-c", "copy"),
        *writing(output_file, "mp4", "-movflags", "+faststart"),
    ]


def concat_list(pieces: Sequence[tuple[Path, Fraction]]) -> str:
    """Return the list file for joining: each piece with its exact duration in seconds."""
    lines = ["ffconcat version 1.0"]
    for path, length in pieces:
        if "\n" in str(path):
            raise ValueError(
                f"The path {str(path)!r} contains a line break, which FFmpeg's lists of files do "
                "not allow."
            )
        quoted = local(path).replace("'", r"'\''")
        lines += [f"file '{quoted}'", f"duration {filters.seconds(length)}"]
    return "\n".join([*lines, ""])


def build_add_audio_command(
    video_file: PathLike,
    audio_file: PathLike | None,
    output_file: PathLike,
    video_codec: str,
    audio_codec: str,
    video_bitrate: str,
    audio_bitrate: str,
    *,
    own_sound: PathLike | None = None,
    frames: int | None = None,
    frame_rate: int = 30,
    fade_in: int = 0,
    fade_out: int = 0,
    level: Level | None = None,
    input_format: str = "mov",
    audio_format: str = "mp3",
    audio: AudioOptions = FIRST,
    progress: bool = False,
    ffmpeg: str = "ffmpeg",
) -> list[str]:
    """Return the command that adds sound to a film: a song, the clips' own sound (PCM), or both.

    The sound starts with the first frame. It ends after ``frames`` frames, or with the video; a
    shorter song is padded with silence. ``video_codec`` "copy" keeps the video unchanged. Fades are
    in frames; ``level`` comes from `soundtrack`.
    """
    sound = mixed(
        audio_file,
        own_sound,
        audio_format=audio_format,
        audio=audio,
        first_input=1,
        samples=None if frames is None else filters.samples_in(frames, frame_rate),
        fade_in=filters.samples_in(fade_in, frame_rate),
        fade_out=filters.samples_in(fade_out, frame_rate),
        level=level,
    )
    picture = ["-c:v", "copy"] if video_codec == "copy" else ["-c:v", video_codec, "-b:v"]
    return [
        *opening(ffmpeg, progress=progress, forgiving=audio.forgiving),
        *reading(video_file, input_format),
        *sound.inputs,
        *("-filter_complex", sound.graph, "-map", "0:v:0", "-map", "[sound]"),
        *picture,
        *(() if video_codec == "copy" else (video_bitrate, "-threads", "1", "-pix_fmt", "yuv420p")),
        *_sound_encoded(audio_codec, audio_bitrate),
        # With a length the sound ends by itself; FFmpeg 5 would end it early at `-frames:v`.
        *(("-shortest",) if frames is None else ()),
        *writing(output_file, "mp4", "-movflags", "+faststart"),
    ]


def build_sound_command(
    audio_file: PathLike | None,
    output_file: PathLike,
    audio_codec: str,
    audio_bitrate: str,
    *,
    samples: int,
    own_sound: PathLike | None = None,
    fade_in: int = 0,
    fade_out: int = 0,
    level: Level | None = None,
    audio_format: str = "mp3",
    audio: AudioOptions = FIRST,
    ffmpeg: str = "ffmpeg",
) -> list[str]:
    """Return the command that writes only the sound of
    `build_add_audio_command`; all in samples.
    """
    sound = mixed(
        audio_file,
        own_sound,
        audio_format=audio_format,
        audio=audio,
        first_input=0,
        samples=samples,
        fade_in=fade_in,
        fade_out=fade_out,
        level=level,
    )
    return [
        *opening(ffmpeg, forgiving=audio.forgiving),
        *sound.inputs,
        *("-filter_complex", f"{sound.graph};[sound]{filters.COUNTED}[timed]", "-map", "[timed]"),
        *_sound_encoded(audio_codec, audio_bitrate),
        *writing(output_file, "mp4", "-movflags", "+faststart"),
    ]


def build_sample_command(
    output_file: PathLike,
    frame_rate: int,
    *,
    width: int,
    height: int,
    codec: str,
    bitrate: str,
    ffmpeg: str = "ffmpeg",
) -> list[str]:
    """Return the command that makes one black frame, encoded as `build_normalize_command` does."""
    black = f"color=c=black:s={width}x{height}:r={frame_rate}"
    return [
        *opening(ffmpeg),
        *("-protocol_whitelist", "file", "-f", "lavfi", "-i", black, "-map", "0:v:0", "-an"),
        *("-vf", ",".join(filters.fitted(width, height))),
        *encoded(codec, width, height, frame_rate, bitrate),
        *("-frames:v", "1", *writing(output_file, "mp4", "-movflags", "+faststart")),
    ]


def _sound_encoded(codec: str, bitrate: str) -> list[str]:
    return ["-c:a", codec, "-b:a", bitrate, "-ar", str(filters.SAMPLE_RATE), "-ac", "2"]


def build_decode_command(
    film: PathLike,
    *,
    input_format: str = "mov",
    sound: bool = True,
    video: Shown = PLAIN,
    audio: AudioOptions = FIRST,
    progress: bool = True,
    threads: int = 1,
    ffmpeg: str = "ffmpeg",
) -> list[str]:
    """Return the command that decodes a file without output; it fails at the first fault."""
    return [
        *opening(ffmpeg, progress=progress, forgiving=audio.forgiving),
        # The frames are discarded, so the deblocking filter is unnecessary.
        *reading(film, input_format, *audio.options, "-skip_loop_filter", "all", threads=threads),
        *("-map", f"{video.of(0)}?"),
        *(("-map", f"{audio.of(0)}?") if sound else ("-an",)),
        *("-sn", "-dn"),
        *("-fps_mode", "passthrough", "-f", "null", "-"),
    ]
