"""The command lines, word for word: what FFmpeg is asked to do is decided here, not by it."""

import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from adapters.ffmpeg.audio_filters import (
    Level,
    Loudness,
    build_loudness_command,
    build_own_sound_command,
    corrected,
    levelled,
    loudness_in,
)
from adapters.ffmpeg.commands import (
    Under,
    build_add_audio_command,
    build_concat_command,
    build_decode_command,
    build_normalize_command,
    build_sample_command,
    build_sound_command,
    concat_list,
)
from adapters.ffmpeg.filters import Shown
from adapters.ffmpeg.scene_commands import build_picture_command, build_scene_command

GOLDEN = Path(__file__).parent / "ffmpeg_commands.json"
CLIP, SONG, FILM, OUT = "/bench/a.mp4", "/bench/song.mp3", "/bench/film.mp4", "/bench/out.mp4"

COMMANDS: dict[str, Callable[[], list[str]]] = {
    "a whole clip": lambda: build_normalize_command(CLIP, OUT),
    "a whole clip at 25 with its sound": lambda: build_normalize_command(CLIP, OUT, 25, sound=True),
    "a cut": lambda: build_normalize_command(
        CLIP, OUT, 30, first=31, frames=240, fade_in=15, fade_out=20, input_format="matroska"
    ),
    "a faster cut": lambda: build_normalize_command(
        CLIP, OUT, 60, first=7, frames=100, rate=Fraction(22, 21), width=1920, height=1080
    ),
    "a cut from HDR to 4K HEVC": lambda: build_normalize_command(
        CLIP,
        OUT,
        frames=30,
        width=3840,
        height=2160,
        codec="libx265",
        bitrate="20M",
        video=Shown(hdr=True, colours=("bt2020", "smpte2084", "bt2020nc")),
    ),
    "a crossfade": lambda: build_normalize_command(
        CLIP,
        OUT,
        frames=90,
        under=Under(
            file="/bench/b.mp4", input_format="mov", first=200, rate=Fraction(9, 10), frames=15
        ),
    ),
    "joining": lambda: build_concat_command("/bench/list.ffconcat", OUT),
    "a sound by itself": lambda: build_sound_command(
        SONG,
        OUT,
        "aac",
        "128k",
        samples=4_800_000,
        own_sound="/bench/own.pcm",
        fade_in=48_000,
        level=Level(gain=-2.5),
    ),
    "a black frame": lambda: build_sample_command(
        OUT, 25, width=640, height=360, codec="libx264", bitrate="1M"
    ),
    "a song": lambda: build_add_audio_command(FILM, SONG, OUT, "copy", "aac", "2M", "128k"),
    "a song on a film of 5400 frames": lambda: build_add_audio_command(
        FILM, SONG, OUT, "copy", "aac", "2M", "192k", frames=5400, fade_in=30, fade_out=60
    ),
    "a song on a film that is encoded anew": lambda: build_add_audio_command(
        FILM, SONG, OUT, "libx264", "aac", "2M", "128k"
    ),
    "a song over the clips' own sound, levelled": lambda: build_add_audio_command(
        FILM,
        SONG,
        OUT,
        "copy",
        "aac",
        "2M",
        "128k",
        own_sound="/bench/own.pcm",
        frames=300,
        level=Level(gain=-3.25, limited=True),
        audio_format="flac",
    ),
    "silence": lambda: build_add_audio_command(
        FILM, None, OUT, "copy", "aac", "2M", "128k", frames=300
    ),
    "a clip's own sound": lambda: build_own_sound_command(
        CLIP,
        "/bench/own.pcm",
        first=31,
        frames=240,
        frame_rate=30,
        rate=Fraction(22, 21),
        volume=0.5,
    ),
    "measuring loudness": lambda: build_loudness_command(
        SONG, None, samples=480_000, fade_out=48_000
    ),
    "decoding": lambda: build_decode_command(FILM),
    "a picture of a portrait": lambda: build_picture_command(
        "/bench/photo", "/bench/picture.pam", form="jpeg", width=1144, height=2034
    ),
    "the frames of a scene": lambda: build_scene_command(
        "/bench/frames",
        OUT,
        count=150,
        frame_rate=30,
        width=1920,
        height=1080,
        codec="libx264",
        bitrate="6M",
    ),
    "the frames of a scene in HEVC": lambda: build_scene_command(
        "/bench/frames",
        OUT,
        count=9,
        frame_rate=25,
        width=1080,
        height=1920,
        codec="libx265",
        bitrate="6M",
    ),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_word_for_word_as_agreed(name: str) -> None:
    assert COMMANDS[name]() == json.loads(GOLDEN.read_text())[name]


def test_every_agreed_command_is_still_made() -> None:
    assert list(json.loads(GOLDEN.read_text())) == list(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_kept_on_a_lead(name: str) -> None:
    command = COMMANDS[name]()
    assert command[0] == "ffmpeg"
    for option in ("-nostdin", "-xerror", "-y", "-max_alloc"):
        assert command.index(option) < command.index("-i")
    inputs = [index for index, word in enumerate(command) if word == "-i"]
    for begin, index in zip([0, *inputs], inputs, strict=False):
        options = command[begin:index]
        assert options[options.index("-protocol_whitelist") + 1] == "file"
        assert "-f" in options


@pytest.mark.parametrize(
    "name", ["http://host/a.mp4", "concat:a|b", "-version", "pipe:0", "Intro: 12:30.mp4", "a\nb"]
)
def test_whatever_a_file_is_called_it_is_read_as_a_local_one(name: str) -> None:
    command = build_normalize_command(name, OUT)
    assert command[command.index("-i") + 1] == str(Path(name).absolute())


@pytest.mark.parametrize("name", ["", "a\0b"])
def test_what_is_no_path_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="local file"):
        build_normalize_command(name, OUT)


def test_a_list_has_a_line_for_each_piece() -> None:
    with pytest.raises(ValueError, match="line"):
        concat_list([(Path("/bench/a\nfile b"), Fraction(1))])


def test_a_list_of_pieces_quotes_every_name() -> None:
    pieces = [(Path("/bench/it's a clip.mp4"), Fraction(7, 30)), (Path("/bench/b"), Fraction(2))]
    assert concat_list(pieces).splitlines() == [
        "ffconcat version 1.0",
        r"file '/bench/it'\''s a clip.mp4'",
        "duration 0.233333",
        "file '/bench/b'",
        "duration 2.000000",
    ]


@pytest.mark.parametrize(
    ("frame_rate", "size", "level"),
    [(30, (1920, 1080), "4.0"), (60, (1280, 720), "4.0"), (60, (1920, 1080), "4.2")],
)
def test_the_level_is_the_lowest_that_fits(
    frame_rate: int, size: tuple[int, int], level: str
) -> None:
    command = build_normalize_command(CLIP, OUT, frame_rate, width=size[0], height=size[1])
    assert command[command.index("-level:v") + 1] == level


def test_the_level_of_a_larger_picture_is_left_to_the_encoder() -> None:
    assert "-level:v" not in build_normalize_command(CLIP, OUT, width=3840, height=2160)


MEASURED = """
[Parsed_ebur128_4 @ 0x55] Summary:

  Integrated loudness:
    I:         -18.0 LUFS
    Threshold: -28.6 LUFS

  Loudness range:
    LRA:         5.9 LU

  True peak:
    Peak:       -4.5 dBFS
"""


def test_a_measurement_is_read() -> None:
    assert loudness_in(MEASURED.splitlines()) == Loudness(integrated=-18.0, peak=-4.5)


def test_silence_has_no_loudness() -> None:
    assert loudness_in(MEASURED.replace("-18.0", "-70.0").splitlines()) is None


def test_what_was_not_measured_is_an_error() -> None:
    with pytest.raises(ValueError, match="no measurement"):
        loudness_in(["frame=1"])


def test_the_level_is_one_gain_where_the_peaks_allow_it() -> None:
    assert levelled(Loudness(integrated=-9, peak=0.5), -14) == Level(gain=-5, peak=-4.5)
    assert levelled(Loudness(integrated=-18, peak=-6), -14) == Level(gain=4, peak=-2)


def test_peaks_over_the_ceiling_are_limited_and_what_that_took_is_given_back() -> None:
    first = levelled(Loudness(integrated=-18, peak=-4.5), -14)
    assert first == Level(gain=4, limited=True)
    assert levelled(Loudness(integrated=-14.5, peak=-2), -14, first) == Level(
        gain=4.5, limited=True
    )


def test_a_sound_that_the_encoder_left_below_the_limits_is_not_encoded_again() -> None:
    level = Level(gain=4, limited=True)
    for loudness, peak in ((-14.4, -1.1), (-13.6, -9), (-14, -2)):
        assert corrected(Loudness(integrated=loudness, peak=peak), -14, level) == level


def test_what_the_encoder_added_to_peaks_is_taken_off_the_ceiling() -> None:
    level = Level(gain=4, limited=True)
    better = corrected(Loudness(integrated=-14, peak=0.25), -14, level)
    assert better == Level(gain=4, limited=True, ceiling=-3.65, peak=-3.65)
    # Below the ceiling a limiter does nothing: the new ceiling is below the peaks.
    quiet = Level(gain=4, peak=-4)
    better = corrected(Loudness(integrated=-14, peak=0.0), -14, quiet)
    assert better == Level(gain=4, limited=True, ceiling=-5.4, peak=-5.4)


def test_a_sound_that_became_too_quiet_is_raised_and_the_last_time_peaks_alone_count() -> None:
    level = Level(gain=4, limited=True, ceiling=-3, peak=-3)
    quiet = Loudness(integrated=-14.5, peak=-2)
    assert corrected(quiet, -14, level) == Level(gain=4.5, limited=True, ceiling=-3, peak=-3)
    assert corrected(quiet, -14, level, last=True) == level
    loud = Loudness(integrated=-14, peak=-0.4)
    assert corrected(loud, -14, level, last=True) == Level(
        gain=3, limited=True, ceiling=-4, peak=-4
    )
