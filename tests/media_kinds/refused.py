"""Files that are refused when they are brought, and what their refusal has to say."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec

from tests.media_kinds import boxes, drawing
from tests.media_kinds.clips import plain, same_streams
from tests.media_kinds.making import AAC, SILENT, SONG_SECONDS, Folder, Words, ffmpeg
from tests.media_kinds.songs import encoded

Make = Callable[[Folder, Path], None]

UNREADABLE: Final = (400, "unreadable-media")
UNACCEPTED: Final = (415, "unaccepted-media")
EITHER: Final = (UNREADABLE, UNACCEPTED)


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """The maker of a file, and its expected refusal."""

    make: Make
    answers: tuple[tuple[int, str], ...] = (UNACCEPTED,)
    """Status and code; any of several where no document says which."""
    named: str = ""
    """Regular expression that its sentence, or its details, must match, in any case."""
    encoder: str = "flac"
    """Of FFmpeg, without which it cannot be made."""


def _bytes(content: bytes) -> Make:
    def make(_: Folder, into: Path) -> None:
        into.write_bytes(content)

    return make


def _part(name: str, make: Make, start: float, end: float) -> Make:
    """From so much of a file to so much of it."""

    def cut(folder: Folder, into: Path) -> None:
        content = folder.once(name, make).read_bytes()
        into.write_bytes(content[int(len(content) * start) : int(len(content) * end)])

    return cut


def _phone(width: int, height: int) -> Make:
    """An old phone's clip: H.263 and AMR, which know few sizes and rates."""

    def make(folder: Folder, into: Path) -> None:
        folder.clip(
            into,
            *("-f", "3gp"),
            size=(width, height),
            video=("-c:v", "h263"),
            audio=("-c:a", "libopencore_amrnb", "-ar", 8_000, "-ac", 1, "-b:a", "12.2k"),
        )

    return make


def _one_frame(folder: Folder, into: Path) -> None:
    folder.clip(into, audio=SILENT, seconds=1 / drawing.RATE)


def _photograph(folder: Folder, into: Path) -> None:
    into.write_bytes(folder.cover().read_bytes())


def _cover_alone(folder: Folder, into: Path) -> None:
    """A song with a picture beside it, which is no film."""
    bare = folder.once(
        "song.m4a", encoded(*AAC, "-map_metadata", -1, "-fflags", "+bitexact")
    ).read_bytes()
    art = boxes.cover_of(folder.cover().read_bytes())
    into.write_bytes(boxes.put_into_moov(bare, art, first=True))


def _still_and_song(folder: Folder, into: Path) -> None:
    ffmpeg(
        *("-i", folder.tones(SONG_SECONDS), "-i", folder.cover(), "-map", 0, "-map", 1),
        *(*AAC, "-c:v", "copy", into),
    )


def _no_samples(_: Folder, into: Path) -> None:
    drawing.write_wav(into, drawing.tones(0))


def _video(*words: object) -> Make:
    return plain(video=words)


def _audio(*words: object) -> Make:
    return encoded(*words)


_FASTSTART: Final = same_streams("-movflags", "+faststart")
_FLAC: Final[Words] = ("-c:a", "flac")

CLIPS: Final[dict[str, Refused]] = {
    # Codecs that are not taken.
    "h263_amr.3gp": Refused(make=_phone(176, 144), named=r"h\.?263", encoder="libopencore_amrnb"),
    "qtrle.mov": Refused(make=_video("-c:v", "qtrle"), named="qtrle"),
    "theora.mkv": Refused(
        make=_video("-c:v", "libtheora", "-pix_fmt", "yuv420p"),
        named="theora",
        encoder="libtheora",
    ),
    "ffv1.mkv": Refused(make=_video("-c:v", "ffv1"), named="ffv1"),
    "huffyuv.mkv": Refused(make=_video("-c:v", "huffyuv"), named="huffyuv"),
    "wmv.mkv": Refused(make=_video("-c:v", "wmv2"), named="wmv2"),
    "cinepak.mov": Refused(make=_video("-c:v", "cinepak", "-s", "160x88"), named="cinepak"),
    # Containers that are not taken.
    "camera.avi": Refused(make=_video("-c:v", "mpeg4"), named="MP4"),
    "stream.flv": Refused(make=_video("-c:v", "flv1", "-ar", 44_100), named="MP4"),
    "stream.ts": Refused(make=plain(), named="MP4"),
    "windows.asf": Refused(make=_video("-c:v", "wmv2"), named="MP4"),
    # No film.
    "cover_alone.m4a": Refused(make=_cover_alone, named="picture|film|video"),
    "still_and_song.mp4": Refused(make=_still_and_song, named="picture|film|video"),
    "song.flac": Refused(make=_audio(*_FLAC), named="picture|film|video"),
    "photograph.jpg": Refused(make=_photograph, named="MP4"),
    "text.mp4": Refused(make=_bytes(b"uno, dos, tres, tap\n" * 99), named="MP4"),
    "page.mp4": Refused(make=_bytes(b"<!doctype html><title>404</title>"), named="MP4"),
    "one_frame.mp4": Refused(make=_one_frame, answers=EITHER, named="picture|frame|moving"),
    "empty.mp4": Refused(make=_bytes(b""), answers=EITHER, named="empty"),
    # Broken off.
    "index_in_front_cut.mp4": Refused(
        make=_part("fast.mp4", _FASTSTART, 0, 0.75), answers=(UNREADABLE,)
    ),
    "index_missing.mp4": Refused(make=_part("tail.mp4", plain(), 0, 0.6), answers=(UNREADABLE,)),
    "beginning_missing.mp4": Refused(make=_part("tail.mp4", plain(), 0.2, 1), named="MP4"),
    "only_its_type.mp4": Refused(
        make=_bytes(boxes.box(b"ftyp", b"isom", bytes(4), b"isom")), answers=(UNREADABLE,)
    ),
}
"""Files that are no clips, by the name of their upload."""

SONGS: Final[dict[str, Refused]] = {
    "layer2.mp3": Refused(make=_audio("-c:a", "mp2", "-f", "mp2"), named="mp2|layer ii"),
    "voice.3gp": Refused(
        make=_audio("-c:a", "libopencore_amrnb", "-ar", 8_000, "-ac", 1, "-f", "3gp"),
        named="amr",
        encoder="libopencore_amrnb",
    ),
    "voice.amr": Refused(
        make=_audio("-c:a", "libopencore_amrnb", "-ar", 8_000, "-ac", 1, "-f", "amr"),
        named="MP3",
        encoder="libopencore_amrnb",
    ),
    "adpcm.wav": Refused(make=_audio("-c:a", "adpcm_ms"), named="adpcm_ms"),
    "tta.mka": Refused(make=_audio("-c:a", "tta", "-f", "matroska"), named="tta"),
    "wavpack.mka": Refused(make=_audio("-c:a", "wavpack", "-f", "matroska"), named="wavpack"),
    "windows.mka": Refused(make=_audio("-c:a", "wmav2", "-f", "matroska"), named="wmav2"),
    "dts.mka": Refused(
        make=_audio("-c:a", "dca", "-strict", -2, "-ac", 2, "-f", "matroska"), named="dts|dca"
    ),
    "no_samples.wav": Refused(make=_no_samples, answers=EITHER, named="sound"),
    "no_sound.mp4": Refused(make=plain(audio=SILENT), named="sound"),
    "picture.png": Refused(make=_bytes(b"\x89PNG\r\n\x1a\n" + bytes(99)), named="MP3"),
    "list.m3u": Refused(make=_bytes(b"#EXTM3U\nhttp://127.0.0.1:9/a.mp3\n"), named="MP3"),
    "text.mp3": Refused(make=_bytes(b"uno, dos, tres, tap\n" * 99), named="MP3"),
    "zeros.mp3": Refused(make=_bytes(bytes(4_000)), named="MP3"),
    "only_a_tag.mp3": Refused(make=_bytes(boxes.id3((b"TIT2", b"\x03Bachata"))), answers=EITHER),
    "empty.wav": Refused(make=_bytes(b""), answers=EITHER, named="empty"),
    "head_alone.flac": Refused(make=_bytes(b"fLaC"), answers=EITHER),
    "head_alone.ogg": Refused(make=_bytes(b"OggS" + bytes(24)), answers=EITHER),
}
"""Files that are no songs."""
