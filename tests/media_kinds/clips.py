"""Clips that are taken: every container that is promised, and the tracks that may lie in them."""

import shutil
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec

from tests.media_kinds import boxes
from tests.media_kinds.making import (
    AAC,
    H264,
    SECONDS,
    SILENT,
    SIZE,
    Folder,
    Words,
    copied,
    ffmpeg,
    needs,
)

Make = Callable[[Folder, Path], None]


class Clip(msgspec.Struct, frozen=True, kw_only=True):
    """The maker of a clip, and its expected content."""

    make: Make
    encoder: str = "libx264"
    """Of FFmpeg, without which it cannot be made."""
    seconds: float = SECONDS
    shape: tuple[int, int] = SIZE
    """Width to height as it is shown."""
    quarters: str = "red green blue white"
    pace: float | None = 1.0
    """Its frames to one of a film of 30 a second; None where their numbers cannot be read."""
    loose: int = 0
    """Frames by which a film may show another one than the pace says."""
    first: int = 0
    """Number of its first frame."""
    sounds: bool = True
    lag: float = 0.04
    """Seconds by which its tones may be late or early."""


def plain(*words: object, video: Words = H264, audio: Words = AAC) -> Make:
    """An ordinary clip but for FFmpeg's ``words``."""
    return lambda folder, into: folder.clip(into, *words, video=video, audio=audio)


STRAIGHT: Final = plain(video=(*H264, "-bf", 0))
"""Without B-frames, which would put off the first picture where there is no edit list."""


def same_streams(*words: object) -> Make:
    """The ordinary clip's streams in another container."""
    return lambda folder, into: copied(folder.plain_clip(), into, *words)


def _recorder(codec: str) -> Make:
    """As a browser's recorder writes it: a stream without length and index."""

    def make(folder: Folder, into: Path) -> None:
        live = ("-deadline", "realtime", "-cpu-used", 8, "-b:v", "1M")
        pipe = into.with_suffix(".pipe")
        folder.clip(
            pipe,
            *("-f", "webm", "-live", 1),
            video=("-c:v", codec, *live),
            audio=("-c:a", "libopus"),
        )
        pipe.rename(into)

    return make


def _renamed(source: str) -> Make:
    return lambda folder, into: _copy(folder.once(source, CLIPS[source].make, "clip"), into)


def _copy(source: Path, into: Path) -> None:
    shutil.copy(source, into)


def _cover_first(folder: Folder, into: Path) -> None:
    art = boxes.cover_of(folder.cover().read_bytes())
    bare = folder.once("bare.mp4", same_streams("-map_metadata", -1, "-fflags", "+bitexact"))
    into.write_bytes(boxes.put_into_moov(bare.read_bytes(), art, first=True))


def _still_first(folder: Folder, into: Path) -> None:
    folder.clip(
        into,
        *("-map", 2, "-map", 0, "-map", 1, "-c:v:0", "copy"),
        inputs=("-i", folder.cover()),
    )


def _still_attached_first(folder: Folder, into: Path) -> None:
    """A thumbnail in front, marked as one."""
    folder.clip(
        into,
        *("-map", 2, "-map", 0, "-map", 1, "-c:v:0", "copy", "-disposition:v:0", "attached_pic"),
        inputs=("-i", folder.cover()),
    )


def _attached_in_matroska(folder: Folder, into: Path) -> None:
    folder.clip(into, "-attach", folder.cover(), "-metadata:s:t", "mimetype=image/jpeg")


def _silent_sound_first(folder: Folder, into: Path) -> None:
    silence = ("-f", "lavfi", "-i", f"anullsrc=r=48000:cl=mono:d={SECONDS}")
    folder.clip(
        into,
        *("-map", 0, "-map", 2, "-map", 1, "-disposition:a:0", 0, "-disposition:a:1", 0),
        inputs=silence,
    )


def _second_sound_is_default(folder: Folder, into: Path) -> None:
    """The first sound is a hum that is quiet enough not to be taken for a tone."""
    hum = ("-f", "lavfi", "-i", f"sine=frequency=220:sample_rate=48000:d={SECONDS},volume=0.3")
    folder.clip(
        into,
        *("-map", 0, "-map", 2, "-map", 1, "-disposition:a:0", 0, "-disposition:a:1", "default"),
        inputs=hum,
    )


def _subtitled(codec: str) -> Make:
    def make(folder: Folder, into: Path) -> None:
        text = folder.once("words.srt", _write_subtitles)
        folder.clip(into, *("-map", 0, "-map", 1, "-map", 2, "-c:s", codec), inputs=("-i", text))

    return make


def _write_subtitles(_: Folder, into: Path) -> None:
    into.write_text("1\n00:00:00,200 --> 00:00:01,000\nuno, dos, tres, tap\n", encoding="utf-8")


def _chaptered(folder: Folder, into: Path) -> None:
    lines = (";FFMETADATA1", "[CHAPTER]", "TIMEBASE=1/1000", "START=0", "END=900", "title=uno")
    text = folder.once("chapters.txt", lambda _, file: _write_lines(file, lines))
    folder.clip(into, "-map", 0, "-map", 1, "-map_chapters", 2, inputs=("-i", text))


def _write_lines(file: Path, lines: tuple[str, ...]) -> None:
    file.write_text("\n".join((*lines, "")), encoding="utf-8")


def _fragmented_into_a_pipe(folder: Folder, into: Path) -> None:
    flags = ("-movflags", "frag_keyframe+empty_moov+default_base_moof")
    straight = folder.once("straight.mp4", STRAIGHT)
    into.write_bytes(ffmpeg("-i", straight, "-c", "copy", *flags, "-f", "mp4", "pipe:1"))


def _media_to_the_end(folder: Folder, into: Path) -> None:
    """The last box gives no size: it goes on to the end of the file."""
    fast = folder.once("fast.mp4", same_streams("-movflags", "+faststart")).read_bytes()
    start, end = boxes.find(fast, b"mdat")
    assert end == len(fast)
    into.write_bytes(fast[:start] + bytes(4) + fast[start + 4 :])


def _large_size(folder: Folder, into: Path) -> None:
    """The size of the media is written in eight bytes, in the place of a `free` box."""
    content = folder.plain_clip().read_bytes()
    start, end = boxes.find(content, b"mdat")
    assert content[start - 4 : start] == b"free", "there are eight bytes in front"
    size = struct.pack(">I4sQ", 1, b"mdat", end - start + 8)
    into.write_bytes(content[: start - 8] + size + content[start + 8 :])


def _junk_boxes_first(folder: Folder, into: Path) -> None:
    fragments = folder.once("fragments_of_a_pipe.mp4", _fragmented_into_a_pipe).read_bytes()
    into.write_bytes(boxes.box(b"wide") + boxes.box(b"skip", bytes(64)) + fragments)


_FRAGMENTS: Final = ("-movflags", "frag_keyframe+empty_moov")
_VP9: Final = ("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", 8, "-b:v", "1M")
_OPUS: Final = ("-c:a", "libopus")

CLIPS: Final[dict[str, Clip]] = {
    # Containers.
    "phone.mp4": Clip(make=plain()),
    "phone.mov": Clip(make=plain()),
    "phone.m4v": Clip(make=plain("-f", "mp4")),
    "index_in_front.mp4": Clip(make=plain("-movflags", "+faststart")),
    "fragments.mp4": Clip(make=plain(*_FRAGMENTS, video=(*H264, "-bf", 0)), loose=1),
    "fragments_of_a_pipe.mp4": Clip(make=_fragmented_into_a_pipe, loose=1),
    "cmaf.mp4": Clip(
        make=plain("-movflags", "cmaf+frag_keyframe", video=(*H264, "-bf", 0, "-g", 12))
    ),
    "media_to_the_end.mp4": Clip(make=_media_to_the_end),
    "large_size.mp4": Clip(make=_large_size),
    "junk_boxes_first.mp4": Clip(make=_junk_boxes_first, loose=1),
    "plain.mkv": Clip(make=same_streams()),
    "of_a_pipe.mkv": Clip(make=plain("-f", "matroska", "-live", 1)),
    "recorder.webm": Clip(make=_recorder("libvpx"), encoder="libvpx", lag=0.06),
    "recorder_vp9.webm": Clip(make=_recorder("libvpx-vp9"), encoder="libvpx-vp9", lag=0.06),
    "plain.webm": Clip(make=plain(video=_VP9, audio=_OPUS), encoder="libvpx-vp9"),
    "vorbis.webm": Clip(
        make=plain(video=_VP9, audio=("-c:a", "libvorbis", "-ac", 2)), encoder="libvorbis"
    ),
    # Names that are wrong.
    "matroska_inside.mp4": Clip(make=_renamed("plain.mkv")),
    "mp4_inside.mkv": Clip(make=_renamed("phone.mp4")),
    "webm_inside.mov": Clip(make=_renamed("recorder.webm"), encoder="libvpx", lag=0.06),
    "no_suffix": Clip(make=_renamed("phone.mp4")),
    "no_suffix_matroska": Clip(make=_renamed("plain.mkv")),
    "wrong_suffix.txt": Clip(make=_renamed("phone.mov")),
    # Pictures that are none of the film.
    "cover_first.mp4": Clip(make=_cover_first),
    "still_first.mp4": Clip(make=_still_first),
    "thumbnail_first.mp4": Clip(make=_still_attached_first),
    "still_first.mkv": Clip(make=_still_first),
    "cover_attached.mkv": Clip(make=_attached_in_matroska),
    # Sounds beside one another, and none.
    "silent_sound_first.mp4": Clip(make=_silent_sound_first),
    "silent_sound_first.mkv": Clip(make=_silent_sound_first),
    "second_sound_is_default.mp4": Clip(make=_second_sound_is_default),
    "second_sound_is_default.mkv": Clip(make=_second_sound_is_default),
    "no_sound.mp4": Clip(make=plain(audio=SILENT), sounds=False),
    # Tracks that are neither.
    "subtitles.mp4": Clip(make=_subtitled("mov_text")),
    "subtitles.mkv": Clip(make=_subtitled("subrip")),
    "timecode.mov": Clip(make=plain("-timecode", "10:20:30:00")),
    "chapters.mp4": Clip(make=_chaptered),
    # Words about it that are no text.
    "title_no_utf8.mp4": Clip(
        make=lambda folder, into: _titled(folder, into, b"Vuelta a\xf1o \xff\xfe")
    ),
    "title_utf16.mp4": Clip(
        make=lambda folder, into: _titled(folder, into, "\ufeffcaña".encode("utf-16-be"))
    ),
}
"""By the name each is brought under."""


def _titled(folder: Folder, into: Path, text: bytes) -> None:
    bare = folder.once("bare.mp4", same_streams("-map_metadata", -1, "-fflags", "+bitexact"))
    title = boxes.title_of(text)
    into.write_bytes(boxes.put_into_moov(bare.read_bytes(), title, first=False))


def made(folder: Folder, name: str, kinds: dict[str, Clip]) -> Path:
    """The clip of that name; the test is skipped where it cannot be made."""
    needs(kinds[name].encoder)
    return folder.once(name, kinds[name].make, "clip")
