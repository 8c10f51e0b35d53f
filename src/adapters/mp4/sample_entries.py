"""Sample entries: the codec of a track, and the configuration of its decoder."""

from typing import Final

from adapters.mp4.boxes import number, walk
from adapters.mp4.errors import UnreadableTrack
from adapters.mp4.samples import Kind

_SETUPS: Final[dict[tuple[Kind, bytes], tuple[int, bytes]]] = {
    ("video", b"avc1"): (78, b"avcC"),
    ("video", b"hvc1"): (78, b"hvcC"),
    ("audio", b"mp4a"): (28, b"esds"),
}
"""Bytes before the boxes of a sample entry (ISO/IEC 14496-12, 12.1.3 and 12.2.3), and the box with
the decoder configuration (14496-15, 5.4.2 and 8.4.1; 14496-14, 6.7).
"""

_AAC: Final = 0x40
"""The objectTypeIndication of MPEG-4 audio (14496-1, table 5)."""


def read_entry(descriptions: memoryview, kind: Kind) -> tuple[bytes, bytes]:
    """Return the only sample entry of an stsd box, and its decoder configuration.

    The entry is a whole box without `btrt`, because bitrates differ between joinable files. Raises
    `UnreadableTrack` for several entries, other codecs and encryption.
    """
    if number(descriptions, 4, 4) != 1:
        raise UnreadableTrack("There is more than one kind of sample.")
    inside = descriptions[8:]
    entries = list(walk(inside))
    if len(entries) != 1:
        raise UnreadableTrack("There is more than one kind of sample.")
    codec = entries[0].kind
    if (kind, codec) not in _SETUPS:
        raise UnreadableTrack(f"The codec is {codec.decode('latin-1')!r}.")
    fixed, setup = _SETUPS[kind, codec]
    content = inside[entries[0].content : entries[0].end]
    if number(content, 6, 2) != 1 or (kind == "audio" and number(content, 8, 2)):
        raise UnreadableTrack("The sample entry is of an unknown version.")
    number(content, fixed - 1, 1)
    boxes = content[fixed:]
    kept_boxes = [box for box in walk(boxes) if box.kind != b"btrt"]
    setups = [boxes[box.content : box.end] for box in kept_boxes if box.kind == setup]
    if len(setups) != 1:
        raise UnreadableTrack("The configuration of the decoder is missing.")
    configuration = _aac(setups[0]) if kind == "audio" else bytes(setups[0])
    body = b"".join([content[:fixed], *(boxes[box.start : box.end] for box in kept_boxes)])
    return (len(body) + 8).to_bytes(4) + codec + body, configuration


def _aac(setup: memoryview) -> bytes:
    """Return the AudioSpecificConfig of an esds box (14496-1, 7.2.6.5 and 7.2.6.6)."""
    stream = _descriptor(setup[4:], 0x03)
    flags = number(stream, 2, 1)
    if flags & 0xE0:
        raise UnreadableTrack("The sound depends on another stream.")
    decoder = _descriptor(stream[3:], 0x04)
    if number(decoder, 0, 1) != _AAC:
        raise UnreadableTrack("The sound is not AAC.")
    return bytes(_descriptor(decoder[13:], 0x05))


def _descriptor(view: memoryview, tag: int) -> memoryview:
    """Return the content of the descriptor at the beginning of a buffer (14496-1, 8.3.3)."""
    if number(view, 0, 1) != tag:
        raise UnreadableTrack("The sound's description cannot be read.")
    length, at = 0, 1
    for at in range(1, 5):
        part = number(view, at, 1)
        length = length << 7 | part & 0x7F
        if part < 0x80:
            break
    number(view, at + length, 1)
    return view[at + 1 : at + 1 + length]
