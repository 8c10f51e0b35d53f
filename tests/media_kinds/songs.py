"""Songs that are taken, as shops, recorders, editors and command lines write them."""

import random
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec

from tests.media_kinds import boxes, drawing
from tests.media_kinds.making import AAC, SONG_SECONDS, Folder, Words, copied, ffmpeg, needs

Make = Callable[[Folder, Path], None]


class Song(msgspec.Struct, frozen=True, kw_only=True):
    """The maker of a song, and its expected content."""

    make: Make
    encoder: str = "flac"
    """Of FFmpeg, without which it cannot be made."""
    seconds: float = SONG_SECONDS
    within: float = 0.1
    """Seconds by which its length may be told wrong: encoders fill up their last frame."""
    first: float = 0.3
    """The start of its first tone."""
    lag: float = 0.06
    """Seconds by which its tones may be late or early: encoders delay what they encode."""


def encoded(*words: object) -> Make:
    """The song as FFmpeg's ``words`` say."""
    return lambda folder, into: folder.song(into, *words)


def _around(before: bytes, name: str, words: Words, after: bytes = b"") -> Make:
    """The song with other bytes before and after it."""

    def make(folder: Folder, into: Path) -> None:
        into.write_bytes(before + folder.song_bytes(name, *words) + after)

    return make


def _wav_with(*chunks: bytes) -> Make:
    def make(folder: Folder, into: Path) -> None:
        into.write_bytes(boxes.wav_with(folder.tones(SONG_SECONDS).read_bytes(), *chunks))

    return make


def _of_a_pipe(*words: object) -> Make:
    """As FFmpeg writes to where it cannot come back and fill in the lengths."""

    def make(folder: Folder, into: Path) -> None:
        into.write_bytes(ffmpeg("-i", folder.tones(SONG_SECONDS), *words, "pipe:1"))

    return make


def _wav_size(size: int) -> Make:
    """A WAV whose samples are said to be so many bytes."""

    def make(folder: Folder, into: Path) -> None:
        content = bytearray(folder.tones(SONG_SECONDS).read_bytes())
        at = content.index(b"data") + 4
        content[at : at + 4] = struct.pack("<I", size)
        into.write_bytes(content)

    return make


def _junk_inside(name: str, words: Words) -> Make:
    """As much rubbish in the second half as players skip without stopping."""

    def make(folder: Folder, into: Path) -> None:
        content = bytearray(folder.song_bytes(name, *words))
        middle, chance = len(content) // 2, random.Random(5)  # noqa: S311
        content[middle : middle + 3_000] = chance.randbytes(3_000)
        into.write_bytes(content)

    return make


def _quiet_first(folder: Folder, into: Path) -> None:
    """VBR whose first seconds need few bits, and no header that says how many frames there are."""
    silence = ("-f", "lavfi", "-i", "anullsrc=r=48000:cl=mono:d=6")
    ffmpeg(
        *(*silence, "-i", folder.tones(SONG_SECONDS)),
        *("-filter_complex", "[1][0][1]concat=n=3:v=0:a=1", *_VBR, into),
    )


def _chained(*words: object) -> Make:
    """Two songs one after another, as a radio's recorder leaves them."""

    def make(folder: Folder, into: Path) -> None:
        one, other = (
            ffmpeg("-i", folder.tones(SONG_SECONDS), *words, "-serial_offset", serial, "pipe:1")
            for serial in (1, 2)
        )
        into.write_bytes(one + other)

    return make


def _long_pre_skip(folder: Folder, into: Path) -> None:
    """An Opus stream of which a player is to leave out the first 0.25 s, not 6.5 ms."""
    content = folder.song_bytes("plain.opus", "-c:a", "libopus", "-f", "ogg")
    head, *others = boxes.ogg_pages(content)
    at = head.index(b"OpusHead") + 10
    longer = head[:at] + struct.pack("<H", 12_000) + head[at + 2 :]
    into.write_bytes(boxes.ogg_resealed(longer) + b"".join(others))


def _with_cover(*words: object) -> Make:
    def make(folder: Folder, into: Path) -> None:
        ffmpeg(
            *("-i", folder.tones(SONG_SECONDS), "-i", folder.cover(), "-map", 0, "-map", 1),
            *("-c:v", "copy", *words, into),
        )

    return make


def _comment_no_utf8(folder: Folder, into: Path) -> None:
    """A Vorbis comment in Latin-1, in the place of one of the same length."""
    content = folder.song_bytes("titled.flac", "-c:a", "flac", "-metadata", "title=cancion")
    into.write_bytes(content.replace(b"cancion", b"canci\xf3n"))


def _sound_of_a_film(folder: Folder, into: Path) -> None:
    folder.clip(into, seconds=SONG_SECONDS, sound_seconds=SONG_SECONDS)


def _day_late(folder: Folder, into: Path) -> None:
    plain = folder.once("plain.m4a", encoded(*AAC))
    copied(plain, into, "-output_ts_offset", 26 * 3600)


def _few_samples(folder: Folder, into: Path) -> None:
    drawing.write_wav(into, drawing.tones(SONG_SECONDS, 8_000), 8_000)


_BARE: Final[Words] = ("-id3v2_version", 0, "-write_xing", 0)
_MP3: Final[Words] = ("-c:a", "libmp3lame", "-b:a", "128k", *_BARE)
_VBR: Final[Words] = ("-c:a", "libmp3lame", "-q:a", 0, *_BARE)
_VORBIS: Final[Words] = ("-c:a", "libvorbis", "-ac", 2)
_LAME, _OPUS, _OGG = "libmp3lame", "libopus", "libvorbis"
_TITLE: Final = boxes.id3((b"TIT2", b"\x03Bachata"))
_JUNK: Final = bytes(random.Random(3).choices(range(0xF0), k=900))  # noqa: S311
"""Rubbish without a byte that a frame could begin with."""

SONGS: Final[dict[str, Song]] = {
    # Containers.
    "plain.wav": Song(make=encoded()),
    "large.rf64": Song(make=encoded("-f", "wav", "-rf64", "always")),
    "shop.mp3": Song(make=encoded("-c:a", "libmp3lame"), encoder=_LAME),
    "bare.mp3": Song(make=encoded(*_MP3), encoder=_LAME),
    "plain.flac": Song(make=encoded()),
    "vorbis.ogg": Song(make=encoded(*_VORBIS), encoder=_OGG),
    "voice.opus": Song(make=encoded("-c:a", "libopus"), encoder=_OPUS),
    "plain.aac": Song(make=encoded(*AAC)),
    "plain.m4a": Song(make=encoded(*AAC)),
    "fragments.m4a": Song(make=encoded(*AAC, "-movflags", "frag_keyframe+empty_moov")),
    "alac.m4a": Song(make=encoded("-c:a", "alac")),
    "sound.webm": Song(make=encoded("-c:a", "libopus"), encoder=_OPUS),
    "recorder.webm": Song(make=_of_a_pipe("-c:a", "libopus", "-f", "webm"), encoder=_OPUS),
    "sound.mka": Song(make=encoded("-c:a", "flac", "-f", "matroska")),
    "film.mp4": Song(make=_sound_of_a_film),
    "no_suffix": Song(make=encoded("-f", "flac")),
    "wrong_suffix.mp3": Song(make=encoded("-f", "wav")),
    # Lengths that are not told, or told wrong.
    "vbr_no_header.mp3": Song(make=_quiet_first, encoder=_LAME, seconds=2 * SONG_SECONDS + 6),
    "of_a_pipe.wav": Song(make=_of_a_pipe("-f", "wav")),
    "of_a_pipe.flac": Song(make=_of_a_pipe("-f", "flac")),
    "of_a_pipe.mp3": Song(make=_of_a_pipe("-f", "mp3"), encoder=_LAME),
    "no_size.wav": Song(make=_wav_size(0)),
    "too_large_a_size.wav": Song(make=_wav_size(0x7FFFFFFF)),
    "vbr.aac": Song(make=encoded("-c:a", "aac", "-q:a", 0.3)),
    "chained_vorbis.ogg": Song(
        make=_chained(*_VORBIS, "-f", "ogg"), encoder=_OGG, seconds=2 * SONG_SECONDS
    ),
    "chained.opus": Song(
        make=_chained("-c:a", "libopus", "-f", "ogg"), encoder=_OPUS, seconds=2 * SONG_SECONDS
    ),
    "begins_after_a_day.m4a": Song(make=_day_late),
    # Something before, inside and after.
    "zeros_before.mp3": Song(make=_around(bytes(600), "bare.mp3", _MP3), encoder=_LAME),
    "rubbish_before.mp3": Song(make=_around(_JUNK, "bare.mp3", _MP3), encoder=_LAME),
    "rubbish_before.aac": Song(make=_around(_JUNK, "bare.aac", AAC), within=0.15),
    "rubbish_inside.mp3": Song(make=_junk_inside("bare.mp3", _MP3), encoder=_LAME, within=0.4),
    "rubbish_after.flac": Song(make=_around(b"", "a.flac", ("-c:a", "flac"), _JUNK)),
    "id3_before.flac": Song(make=_around(_TITLE, "a.flac", ("-c:a", "flac"))),
    "id3_before.wav": Song(make=_around(_TITLE, "a.wav", ())),
    "id3_before.aac": Song(make=_around(_TITLE, "bare.aac", AAC), within=0.15),
    "two_id3_before.mp3": Song(make=_around(_TITLE * 2, "bare.mp3", _MP3), encoder=_LAME),
    "ape_after.mp3": Song(
        make=_around(b"", "bare.mp3", _MP3, boxes.ape(b"Title", b"Bachata")), encoder=_LAME
    ),
    "id3v1_after.mp3": Song(
        make=_around(b"", "bare.mp3", _MP3, b"TAG" + b"Canci\xf3n".ljust(125, b"\0")),
        encoder=_LAME,
    ),
    # Pictures beside the sound.
    "still_beside.mkv": Song(make=_with_cover("-c:a", "libmp3lame"), encoder=_LAME),
    "still_beside.m4a": Song(make=_with_cover(*AAC, "-disposition:v", "attached_pic")),
    "cover.mp3": Song(make=_with_cover("-c:a", "libmp3lame"), encoder=_LAME),
    "cover.flac": Song(make=_with_cover("-c:a", "flac", "-disposition:v", "attached_pic")),
    # Texts that are none.
    "info_latin1.wav": Song(make=_wav_with(boxes.info(b"INAM", b"Canci\xf3n"))),
    "info_utf16.wav": Song(make=_wav_with(boxes.info(b"IART", "\ufeffñ".encode("utf-16-le")))),
    "odd_chunk.wav": Song(make=_wav_with(boxes.chunk(b"junk", b"odd"))),
    "id3_no_text.mp3": Song(
        make=_around(
            boxes.id3(
                (b"TIT2", b"\x03\xff\xfe\xfa"), (b"TPE1", b"\x01\xff\xfe\x00\xd8"), version=3
            ),
            "bare.mp3",
            _MP3,
        ),
        encoder=_LAME,
    ),
    "comment_no_utf8.flac": Song(make=_comment_no_utf8),
    # Forms of samples.
    "24_bits.wav": Song(make=encoded("-c:a", "pcm_s24le")),
    "floats.wav": Song(make=encoded("-c:a", "pcm_f32le", "-ar", 96_000)),
    "8_bits.wav": Song(make=encoded("-c:a", "pcm_u8", "-ar", 8_000)),
    "8_khz.wav": Song(make=_few_samples),
    "8_khz.mp3": Song(
        make=encoded("-c:a", "libmp3lame", "-ar", 8_000), encoder=_LAME, within=0.3, lag=0.15
    ),
    "eight_channels.flac": Song(make=encoded("-af", "pan=7.1|FL=c0|FR=c0", "-c:a", "flac")),
    "eight_channels.opus": Song(
        make=encoded("-af", "pan=7.1|FL=c0|FR=c0", "-c:a", "libopus"), encoder=_OPUS
    ),
    "44_khz.opus": Song(make=encoded("-af", "aresample=44100", "-c:a", "libopus"), encoder=_OPUS),
    "long_pre_skip.opus": Song(
        make=_long_pre_skip, encoder=_OPUS, seconds=SONG_SECONDS - 0.24, first=0.06
    ),
}
"""By the name each is brought under."""


def made(folder: Folder, name: str) -> Path:
    """The song of that name; the test is skipped where it cannot be made."""
    needs(SONGS[name].encoder)
    return folder.once(name, SONGS[name].make, "song")
