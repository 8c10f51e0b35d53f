"""Read the sample tables of a track, checked against the file (ISO/IEC 14496-12, 8.6 and 8.7)."""

from array import array
from itertools import pairwise

from adapters.mp4.boxes import Inside, number, signed, table
from adapters.mp4.errors import UnreadableTrack
from adapters.mp4.samples import AAC_PACKET, Durations, Kind, Places, Sizes, rescaled


def read_sizes(samples: Inside, file_size: int) -> Sizes:
    """Return the size of each sample (8.7.3); raises `UnreadableTrack` for more bytes than the file
    has.
    """
    box = samples.one(b"stsz")
    constant, count = number(box, 4, 4), number(box, 8, 4)
    if not count:
        raise UnreadableTrack("The track is empty.")
    sizes = Sizes(count, constant) if constant else Sizes.differing(table(box, 12, count, "I"))
    if sizes.before(count) > file_size:
        raise UnreadableTrack("The file is cut off.")
    return sizes


def read_durations(samples: Inside, count: int, kind: Kind) -> Durations:
    """Return the ticks of each sample (8.6.1.2); raises `UnreadableTrack` for reordered frames.

    Every audio packet has 1,024 samples; of the last one fewer may be played.
    """
    counts, deltas = _pairs(samples.one(b"stts"), count)
    if kind == "audio":
        *most, last = deltas
        if any(delta != AAC_PACKET for delta in most) or last > AAC_PACKET:
            raise UnreadableTrack("The sound is not in packets of 1024 samples.")
        if last != AAC_PACKET and counts[-1] != 1:
            raise UnreadableTrack("The sound is not in packets of 1024 samples.")
    elif not min(deltas):
        raise UnreadableTrack("A frame takes no time.")
    shifts = samples.maybe(b"ctts")
    if shifts is not None and any(_pairs(shifts, count)[1]):
        raise UnreadableTrack("Frames are not stored in display order.")
    return Durations.of(counts, deltas)


def _pairs(box: memoryview, count: int) -> "tuple[array[int], array[int]]":
    """Return runs of sample counts and values, which must cover ``count`` samples."""
    both = table(box, 8, 2 * number(box, 4, 4), "I")
    counts, numbers = both[0::2], both[1::2]
    if sum(counts) != count or not all(counts):
        raise UnreadableTrack("The tables disagree about the number of samples.")
    return counts, numbers


def read_places(samples: Inside, sizes: Sizes, file_size: int) -> Places:
    """Return the places of samples (8.7.4, 8.7.5); raises `UnreadableTrack` for any outside the
    file.
    """
    narrow, wide = samples.maybe(b"stco"), samples.maybe(b"co64")
    if (narrow is None) == (wide is None):
        raise UnreadableTrack("The file must contain exactly one table of sample positions.")
    if narrow is not None:
        chunks = table(narrow, 8, number(narrow, 4, 4), "I")
    else:
        box = samples.one(b"co64")
        chunks = table(box, 8, number(box, 4, 4), "Q")
    firsts, offsets = array("Q"), array("Q")
    first = end = 0
    for offset, count in zip(chunks, _chunk_counts(samples, len(chunks)), strict=True):
        upto = first + count
        if upto > sizes.count:
            raise UnreadableTrack("The tables disagree about the number of samples.")
        if offset != end or not first:
            firsts.append(first)
            offsets.append(offset)
        end = offset + sizes.before(upto) - sizes.before(first)
        if end > file_size:
            raise UnreadableTrack("The file is cut off.")
        first = upto
    if first != sizes.count:
        raise UnreadableTrack("The tables disagree about the number of samples.")
    return Places(firsts, offsets)


def _chunk_counts(samples: Inside, chunks: int) -> "array[int]":
    """Return the number of samples in each chunk."""
    box = samples.one(b"stsc")
    rows = table(box, 8, 3 * number(box, 4, 4), "I")
    starts = [*rows[0::3], chunks + 1]
    if starts[0] != 1 or any(later <= start for start, later in pairwise(starts)):
        raise UnreadableTrack("The chunks are out of order.")
    if not all(rows[1::3]) or any(entry != 1 for entry in rows[2::3]):
        raise UnreadableTrack("A chunk is empty, or of another kind of sample.")
    counts = array("I")
    for (start, later), each in zip(pairwise(starts), rows[1::3], strict=True):
        counts.extend(array("I", [each]) * (later - start))
    return counts


def read_sync(samples: Inside, count: int) -> "array[int] | None":
    """Return the sync samples, from 0 (8.6.2); None if all samples are."""
    box = samples.maybe(b"stss")
    if box is None:
        return None
    numbers = table(box, 8, number(box, 4, 4), "I")
    if not numbers or any(later <= sample for sample, later in pairwise(numbers)):
        raise UnreadableTrack("The keyframes are out of order.")
    if numbers[0] < 1 or numbers[-1] > count:
        raise UnreadableTrack("There are keyframes where there are no frames.")
    return array("I", [sample - 1 for sample in numbers])


def read_edit(
    track: Inside, movie_timescale: int, timescale: int, total: int, kind: Kind
) -> tuple[int, int]:
    """Return the first played tick and the number of played ticks, of ``total`` (8.6.6).

    Raises `UnreadableTrack` for video that is not played completely, and for audio that does not
    begin with the film.
    """
    edits = track.maybe(b"edts")
    box = None if edits is None else Inside(edits).maybe(b"elst")
    if box is None or not number(box, 4, 4):
        return 0, total
    wide = 8 if number(box, 0, 1) else 4
    length, begin = number(box, 8, wide), signed(box, 8 + wide, wide)
    if number(box, 4, 4) != 1 or number(box, 8 + 2 * wide, 4) != 0x10000:
        raise UnreadableTrack("The track is edited.")
    if not 0 <= begin < total:
        raise UnreadableTrack("The track begins late.")
    # The duration is in the movie's ticks, rounded up; 0 means the whole track.
    if kind == "audio":
        return begin, min(total - begin, rescaled(length, timescale, movie_timescale) or total)
    if begin or (length and (length + 1) * timescale < total * movie_timescale):
        raise UnreadableTrack("Frames are hidden.")
    return 0, total
