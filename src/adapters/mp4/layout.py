"""The layout of a film joined from pieces: its header, and the bytes after it."""

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import Final

import msgspec

from adapters.mp4.boxes import MOST_32, box, box_head
from adapters.mp4.errors import ImpossiblePiece
from adapters.mp4.header import FILM, Chunks, Shown, movie, sample_boxes, sample_tables, track
from adapters.mp4.pieces import Piece, require_alike
from adapters.mp4.samples import AAC_PACKET, Run, Spans, Track, rescaled

PAGE: Final = 4096
"""Bytes of a memory page, and of a block on most disks."""
LONG: Final = 256 * 1024
"""Minimum bytes of a run for which page alignment saves more time than the padding costs."""
_LEAST_BOX: Final = 8


class Layout(msgspec.Struct, frozen=True):
    """A whole file: its header, then bytes of other files, in order."""

    header: bytes
    runs: tuple[Run, ...]
    frames: int
    duration: int
    """Duration in ticks of the video."""
    ends: tuple[int, ...]
    """End of each run in the file."""

    @property
    def size(self) -> int:
        """Bytes of the whole file."""
        return self.ends[-1] if self.ends else len(self.header)

    def part(self, start: int, length: int) -> Iterator[bytes | Run]:
        """Yield the content of ``length`` bytes from ``start`` on, up to the end of the file."""
        stop = min(start + length, self.size)
        if start < len(self.header):
            yield self.header[start:stop]
            start = len(self.header)
        index = bisect_right(self.ends, start)
        while start < stop:
            run, end = self.runs[index], self.ends[index]
            upto = min(stop, end)
            yield Run(run.path, run.offset + run.length - (end - start), upto - start)
            start, index = upto, index + 1


def layout(pieces: Sequence[Piece], sound: Track | None = None) -> Layout:
    """Return the layout of a film of these pieces, in order, without accessing the disk.

    The sound's first sample plays with the first frame, and its last not after the film's end. Each
    piece of video is followed by its sound. Raises `MismatchedPieces` and `ImpossiblePiece`.
    """
    require_alike(pieces)
    if sound is not None and sound.kind != "audio":
        raise ImpossiblePiece("The sound track contains video.")
    film = _film(pieces)
    sound_part = None if sound is None else _sound_part(sound, film)
    picture_chunks, sound_chunks, runs = _interleaved(film, sound_part)
    payload = sum(run.length for run in runs)
    data = box_head(b"mdat", payload)

    def header(base: int, *, wide: bool) -> bytes:
        tracks = [film.boxes(picture_chunks, base, wide)]
        if sound_part is not None:
            tracks.append(sound_part.boxes(sound_chunks, base, wide))
        return FILM + movie(film.track.timescale, film.duration, *tracks)

    bare = len(header(0, wide=True)) + len(data)
    wide = bare + len(_filled(bare)) + payload > MOST_32
    if not wide:
        bare -= 4 * (len(picture_chunks.counts) + len(sound_chunks.counts))
    unused = _filled(bare)
    start = bare + len(unused)
    merged = tuple(_merged(runs))
    return Layout(
        header=header(start, wide=wide) + unused + data,
        runs=merged,
        frames=film.count,
        duration=film.duration,
        ends=tuple(accumulate((run.length for run in merged), initial=start))[1:],
    )


class _Film(msgspec.Struct, frozen=True, kw_only=True):
    """The joined samples of the video."""

    track: Track
    """Any of the joined tracks; they are alike in all used properties."""
    pieces: Sequence[Piece]
    ends: list[int]
    """End of each piece in ticks."""
    count: int
    description: bytes

    @property
    def duration(self) -> int:
        return self.ends[-1]

    def boxes(self, chunks: Chunks, base: int, wide: bool) -> bytes:
        """Return its part of the header if the first sample of all is at ``base``."""
        playback = Shown(self.duration, 0, self.duration)
        tables = sample_tables(self.description, chunks.moved(base), wide=wide)
        return track(1, self.track, playback, tables)


def _film(pieces: Sequence[Piece]) -> _Film:
    spans: Spans = []
    ends: list[int] = []
    end = base = 0
    sync = array("I")
    for piece in pieces:
        own = piece.spans
        end += piece.ticks
        ends.append(end)
        if spans and spans[-1][1] == own[0][1]:
            own[0] = (spans.pop()[0] + own[0][0], own[0][1])
        spans += own
        shift = base + 1 - piece.first
        sync.extend([sample + shift for sample in piece.track.syncs(piece.first, piece.count)])
        base += piece.count
    sizes = b"".join([piece.track.sizes.table(piece.first, piece.count) for piece in pieces])
    like = pieces[0].track
    return _Film(
        track=like,
        pieces=pieces,
        ends=ends,
        count=base,
        # Without this table every frame is a keyframe.
        description=sample_boxes(like, spans, None if len(sync) == base else sync, sizes),
    )


class _Heard(msgspec.Struct, frozen=True, kw_only=True):
    """The sound's packets up to the film's end."""

    track: Track
    upto: list[int]
    """Number of packets up to the end of each piece of video."""
    playback: Shown
    description: bytes

    def boxes(self, chunks: Chunks, base: int, wide: bool) -> bytes:
        """Return its part of the header if the first sample of all is at ``base``."""
        tables = sample_tables(self.description, chunks.moved(base), wide=wide)
        return track(2, self.track, self.playback, tables)


def _sound_part(sound: Track, film: _Film) -> _Heard:
    ticks, rate = film.track.timescale, sound.timescale
    needed = (min(sound.length, rescaled(end, rate, ticks)) for end in film.ends)
    upto = [-(-(sound.media_time + length) // AAC_PACKET) for length in needed]
    length = min(film.duration, -(-sound.length * ticks // rate))
    spans = sound.durations.cut(0, upto[-1])
    media_ticks = sum(count * delta for count, delta in spans)
    return _Heard(
        track=sound,
        upto=upto,
        playback=Shown(length, sound.media_time, media_ticks),
        description=sample_boxes(sound, spans, None, sound.sizes.table(0, upto[-1])),
    )


def _interleaved(film: _Film, sound_part: _Heard | None) -> tuple[Chunks, Chunks, list[Run]]:
    """Return each piece of video followed by its sound.

    The chunks' offsets count from the first byte after the header, which begins a page.
    """
    picture, sound = Chunks([], []), Chunks([], [])
    runs: list[Run] = []
    offset = packet = 0
    for index, piece in enumerate(film.pieces):
        stretch, ahead = _in_step(piece.runs, offset)
        picture.add(piece.count, offset + ahead)
        offset += sum(run.length for run in stretch)
        runs += stretch
        if sound_part is not None and sound_part.upto[index] > packet:
            count = sound_part.upto[index] - packet
            stretch, ahead = _in_step(sound_part.track.runs(packet, count), offset)
            sound.add(count, offset + ahead)
            offset += sum(run.length for run in stretch)
            runs += stretch
            packet += count
    return picture, sound, runs


def _in_step(runs: list[Run], offset: int) -> tuple[list[Run], int]:
    """Return the runs with the same page alignment in the film as in their file, and the padding.

    Whole pages can then be copied unchanged. The padding before a long run is copied from its file,
    and never read.
    """
    first = runs[0]
    ahead = (first.offset - offset) % PAGE
    if first.length < LONG or not ahead:
        return runs, 0
    if ahead > first.offset:
        return [Run(first.path, 0, ahead), *runs], ahead
    return [Run(first.path, first.offset - ahead, ahead + first.length), *runs[1:]], ahead


def _filled(length: int) -> bytes:
    """Return a free box after which ``length`` bytes more end at a page boundary (8.1.2)."""
    gap = -length % PAGE
    if 0 < gap < _LEAST_BOX:
        gap += PAGE
    return box(b"free", bytes(gap - _LEAST_BOX)) if gap else b""


def _merged(runs: Iterable[Run]) -> Iterator[Run]:
    """Yield the same bytes in as few runs as possible, without empty ones."""
    last: Run | None = None
    for run in runs:
        if not run.length:
            continue
        if last is not None and last.path == run.path and last.offset + last.length == run.offset:
            last = Run(last.path, last.offset, last.length + run.length)
            continue
        if last is not None:
            yield last
        last = run
    if last is not None:
        yield last
