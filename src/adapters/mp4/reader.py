"""Read a track of an MP4 that this service made; other contents are refused with a reason."""

import os
import stat
from pathlib import Path
from typing import Final

from adapters.mp4.boxes import MOST_BOXES, Inside, box_of, number
from adapters.mp4.errors import UnreadableTrack
from adapters.mp4.sample_entries import read_entry
from adapters.mp4.samples import Kind, Track
from adapters.mp4.tables import read_durations, read_edit, read_places, read_sizes, read_sync

MOST_HEADER: Final = 64 << 20
"""Maximum bytes of a header; a film of ten hours at 60 frames per second takes 20 MB."""
UPRIGHT: Final = bytes.fromhex(
    "00010000 00000000 00000000 00000000 00010000 00000000 00000000 00000000 40000000"
)
"""The matrix of a picture that is neither rotated nor scaled (ISO/IEC 14496-12, 6.2.2)."""
_KINDS: Final[dict[bytes, Kind]] = {b"vide": "video", b"soun": "audio"}


def read_track(path: Path, kind: Kind | None = None) -> Track:
    """Read the description of a file's video or audio; without ``kind``, of its only track.

    It reads only the header, at most 64 MB. Raises `UnreadableTrack`, and nothing else, for a file
    that is missing, truncated or not as the encoder makes them: reordered frames, fragments, more
    than one track of the kind, another codec than H.264, HEVC or AAC, encryption.
    """
    try:
        # Without O_NONBLOCK, opening a pipe would wait for its other end.
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError as error:
        raise UnreadableTrack("The file cannot be opened.", details=error.strerror) from None
    except ValueError:
        raise UnreadableTrack("The file cannot be opened.", details="Its name is none.") from None
    try:
        status = os.fstat(file)
        if not stat.S_ISREG(status.st_mode):
            raise UnreadableTrack("It is not a file.")
        header = _header(file, status.st_size)
    except OSError as error:
        raise UnreadableTrack("The file cannot be read.", details=error.strerror) from None
    finally:
        os.close(file)
    return _track(path, Inside(memoryview(header)), kind, status.st_size)


def _header(file: int, size: int) -> bytes:
    """Return the content of the moov box at any place in the file."""
    start = 0
    for index in range(MOST_BOXES):
        if start == size:
            break
        box = box_of(os.pread(file, 16, start), start, size)
        if index == 0 and box.kind != b"ftyp":
            raise UnreadableTrack("The file is not an MP4 file.")
        if box.kind == b"moov":
            if box.end - box.content > MOST_HEADER:
                raise UnreadableTrack("The header is too large.")
            return _content(file, box.content, box.end)
        start = box.end
    raise UnreadableTrack("The file has no header.")


def _content(file: int, start: int, end: int) -> bytes:
    content = os.pread(file, end - start, start)
    if len(content) != end - start:
        raise UnreadableTrack("The file is cut off.")
    return content


def _track(path: Path, movie: Inside, kind: Kind | None, size: int) -> Track:
    if movie.every(b"mvex"):
        raise UnreadableTrack("The file is made of fragments.")
    about = movie.one(b"mvhd")
    movie_timescale = number(about, 20 if number(about, 0, 1) else 12, 4)
    name, box = _only_track(movie, kind)
    media = box.inside(b"mdia")
    about = media.one(b"mdhd")
    timescale = number(about, 20 if number(about, 0, 1) else 12, 4)
    if not timescale or not movie_timescale:
        raise UnreadableTrack("Its timescale is 0.")
    information = media.inside(b"minf")
    _require_own_data(information)
    samples = information.inside(b"stbl")
    entry, configuration = read_entry(samples.one(b"stsd"), name)
    sizes = read_sizes(samples, size)
    durations = read_durations(samples, sizes.count, name)
    media_time, length = read_edit(box, movie_timescale, timescale, durations.total, name)
    width, height = _shape(box.one(b"tkhd")) if name == "video" else (0, 0)
    return Track(
        path=path,
        kind=name,
        timescale=timescale,
        entry=entry,
        configuration=configuration,
        sizes=sizes,
        durations=durations,
        places=read_places(samples, sizes, size),
        sync=read_sync(samples, sizes.count),
        width=width,
        height=height,
        media_time=media_time,
        length=length,
    )


def _only_track(movie: Inside, kind: Kind | None) -> tuple[Kind, Inside]:
    """Return the only track of a kind."""
    tracks: list[tuple[Kind, Inside]] = []
    for content in movie.every(b"trak"):
        track = Inside(content)
        handler = track.inside(b"mdia").one(b"hdlr")
        number(handler, 8, 4)
        name = _KINDS.get(bytes(handler[8:12]))
        if name is not None and kind in (None, name):
            tracks.append((name, track))
    if len(tracks) != 1:
        what = {"video": "picture", "audio": "sound", None: "track"}[kind]
        raise UnreadableTrack(f"The file has {len(tracks) or 'no'} {what}s, not one.")
    return tracks[0]


def _require_own_data(information: Inside) -> None:
    """Raise `UnreadableTrack` if samples are in another file (8.7.2)."""
    references = information.inside(b"dinf").one(b"dref")
    entries = Inside(references[8:]).every(b"url ")
    if number(references, 4, 4) != 1 or len(entries) != 1 or not number(entries[0], 3, 1) & 1:
        raise UnreadableTrack("Samples are in another file.")


def _shape(about: memoryview) -> tuple[int, int]:
    """Return width and height in pixels; raises `UnreadableTrack` for a rotated picture (8.3.2)."""
    at = 52 if number(about, 0, 1) else 40
    width, height = number(about, at + 36, 4) >> 16, number(about, at + 40, 4) >> 16
    if bytes(about[at : at + 36]) != UPRIGHT:
        raise UnreadableTrack("The picture is turned.")
    return width, height
