"""The parsers of FFmpeg's output and of the first bytes of files."""

import tempfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.ffmpeg.error_lines import cleaned
from adapters.ffmpeg.find import FFmpeg, encoders_in, short_version
from adapters.ffmpeg.process import without_folders
from adapters.ffmpeg.progress import Progress
from adapters.media.sniff import container_of

MP3 = b"\xff\xfb\x90\x64" + bytes(413)
"""A frame of 128 kbit/s at 44.1 kHz, 417 bytes."""
AAC = b"\xff\xf1\x50\x80\x04\x1f\xfc" + bytes(25)
"""A frame of 32 bytes."""


@pytest.mark.parametrize(
    ("head", "form"),
    [
        (b"\0\0\0\x20ftypisom\0\0\2\0", "mov"),
        (b"\0\0\0\x08wide\0\0\0\x10mdat", "mov"),
        (b"\x1aE\xdf\xa3\x9fB\x86\x81", "matroska"),
        (b"RIFF\x24\0\0\0WAVEfmt ", "wav"),
        (b"ID3\4\0\0\0\0\0\2??" + MP3, "mp3"),
        (b"ID3\4\0\0\0\0\0\2??fLaC\0\0\0\x22", "flac"),
        (b"ID3\3\0\0\0\0\0\2??" + AAC, "aac"),
        (MP3, "mp3"),
        (AAC, "aac"),
        (bytes(600) + MP3 * 3, "mp3"),
        (b"rubbish\xff\xfb" + AAC * 3, "aac"),
        (bytes(600) + MP3, None),
        (b"fLaC\0\0\0\x22", "flac"),
        (b"OggS\0\2\0\0", "ogg"),
        (b"RIFF\x24\0\0\0AVI LIST", None),
        (b"#EXTM3U\n#EXT-X-VE", None),
        (b"ffconcat version", None),
        (b"<?xml version=1>", None),
        (b"\xff\xff\xff\xff", None),
        (b"\xff", None),
        (b"", None),
    ],
)
def test_a_container_is_known_by_its_first_bytes(head: bytes, form: str | None) -> None:
    with tempfile.TemporaryFile() as file:
        file.write(head)
        file.flush()
        container = container_of(file.fileno())
    assert (container and container.form) == form


@pytest.mark.parametrize(
    ("line", "source", "text"),
    [
        ("ffmpeg version 7.0.2-static https://x Copyright", "", "ffmpeg 7.0.2"),
        ("ffmpeg version 5.1.6-0+deb12u1 Copyright", "", "ffmpeg 5.1.6"),
        ("ffmpeg version n9.0.2-17-g2a571b6068", "imageio-ffmpeg", "ffmpeg 9.0.2 (imageio-ffmpeg)"),
        ("ffmpeg version N-1234-gabc Copyright", "", "ffmpeg N-1234-gabc"),
        ("?", "", "ffmpeg of unknown version"),
    ],
)
def test_a_version_is_said_in_a_few_words(line: str, source: str, text: str) -> None:
    assert short_version(FFmpeg(path="/x", source=source), [line]) == text


def test_encoders_are_read_from_their_list() -> None:
    listed = [" V..... = Video", " ------", " V....D libx264    H.264", " A....D aac   AAC"]
    assert encoders_in(listed) >= {"libx264", "aac"}


def test_progress_is_read_line_by_line() -> None:
    counts: list[int] = []
    progress = Progress(on_frames=counts.append)
    for line in ("frame=12", "out_time_us=400000", "out_time_us=N/A", "progress=continue", "x"):
        progress.read_line(line)
    assert (progress.frames, progress.microseconds, counts) == (12, 400_000, [12])


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("Error opening input file /srv/media/b/clip.mp4.", "Error opening input file clip.mp4."),
        ("[in#0] Impossible to open '/tmp/w/x.mp4'", "[in#0] Impossible to open 'x.mp4'"),
        ("/srv/my work/a.mp4: Invalid data", "a.mp4: Invalid data"),
        ("file:/srv/media/a.mp4: no", "file:a.mp4: no"),
        ("[in#0/mov,mp4 @ 0x5] at 3/4 of 30000/1001", "[in#0/mov,mp4 @ 0x5] at 3/4 of 30000/1001"),
    ],
)
def test_no_folder_of_the_machine_is_told(line: str, text: str) -> None:
    assert without_folders(line, ["ffmpeg", "-i", "/srv/my work/a.mp4"]) == text


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("[mov,mp4,m4a,3gp,3g2,mj2 @ 0x55d0c0ffee00] no moov", "[mov,mp4,m4a,3gp,3g2,mj2] no moov"),
        ("[h264 @ 0x2f3c] error while decoding MB 7 3", "[h264] error while decoding MB 7 3"),
        ("[dec:h264 @ 0x1] [sub @0xABC] x", "[dec:h264] [sub] x"),
        ("Failed to open segment 0x7f1ad712fc90 of it", "Failed to open segment an address of it"),
        ("Tag avc1 / 0x31637661 is not known", "Tag avc1 / 0x31637661 is not known"),
        ("Could not open file '/srv/my work/a/b.mp4'.", "Could not open file 'b.mp4'."),
        ("It's not a/b of 'x', nor 3/4 of \"y\"", "It's not a/b of 'x', nor 3/4 of \"y\""),
    ],
)
def test_a_line_is_cleaned_of_addresses(line: str, text: str) -> None:
    assert cleaned(line) == text


WORDS = st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=8)


@given(WORDS, st.integers(0, 2**64 - 1), st.lists(WORDS, min_size=1, max_size=4), WORDS)
def test_no_address_and_no_folder_is_left(
    part: str, address: int, folders: list[str], name: str
) -> None:
    folder = "/" + "/".join(f"the {each}" for each in folders)
    text = cleaned(without_folders(f"[{part} @ {address:#x}] '{folder}/{name}': no such file"))
    assert text == f"[{part}] '{name}': no such file"
