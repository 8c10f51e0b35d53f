"""The messages between the service and the media worker."""

import os
import struct
from collections.abc import Iterator
from enum import IntEnum
from fractions import Fraction
from typing import Any, Final

import msgspec

from domain.library.media import Media

HEAD: Final = struct.Struct(">BI")
"""Kind and length of a message."""
LONGEST: Final = 4 * 2**20
"""Maximum bytes of one message."""


class Job(msgspec.Struct, frozen=True, kw_only=True, tag="job", omit_defaults=True):
    """A task for one file; the service passes the file as an open descriptor."""

    number: int
    task: str
    """One of `look`, `motion`, `samples`, `analyze`, `fingerprint`, `still`."""
    seconds: float
    """Maximum duration of the file in seconds."""
    rate: int = 0
    """Requested samples per second."""


class Stop(msgspec.Struct, frozen=True, kw_only=True, tag="stop"):
    """An order to end a job at once."""

    number: int


class Order(msgspec.Struct, frozen=True):
    """One datagram to the worker."""

    order: Job | Stop


class Kind(IntEnum):
    """Kinds of messages about a job."""

    PART = 1
    """One part of an answer in several parts."""
    ANSWER = 2
    REFUSAL = 3
    FAULT = 4
    """A bug of the service, with its traceback."""
    USED = 5
    """The resources that the job has used, before the message that ends it."""


class Refusal(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The reason why there is no answer."""

    code: str
    """Code of an error in `domain.shared.errors`."""
    message: str
    details: str | None = None


class Look(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The properties of a file that FFmpeg needs."""

    form: str
    """FFmpeg's name of the container."""
    media: Media
    picture: int | None = None
    """Index of the video track."""
    sound: int | None = None
    """Index of the selected audio track."""
    hdr: bool = False
    colours: tuple[str, str, str] | None = None
    """Primaries, transfer and matrix as FFmpeg names them, if they are not BT.709."""
    interlaced: bool = False
    setup: bytes = b""
    """Configuration of the video decoder."""
    sound_seconds: Fraction | None = None
    sound_rate: int = 0
    """Samples per second."""
    endless: bool = False
    """True if the header of a WAV leaves its length open."""
    skip: int = 0
    """Number of bytes before the container."""


def encode(value: object) -> bytes:
    """Return the body of a message."""
    return msgspec.msgpack.encode(value, enc_hook=str)


def decode(body: bytes, kind: Any) -> Any:  # noqa: ANN401 - whichever type is asked for
    """Decode a body; raises ValueError or ArithmeticError if it is not of this type."""
    return msgspec.msgpack.decode(body, type=kind, dec_hook=_converted)


def _converted(kind: type, value: object) -> Fraction:
    if kind is not Fraction:
        raise ValueError(f"{kind.__name__} is not written so.")
    return Fraction(str(value))


def write(file: int, kind: Kind, body: bytes) -> None:
    """Write a message to a pipe; blocks until it is read."""
    for piece in _pieces(kind, body):
        rest = memoryview(piece)
        while rest:
            rest = rest[os.write(file, rest) :]


def _pieces(kind: Kind, body: bytes) -> Iterator[bytes]:
    yield HEAD.pack(kind, len(body))
    yield body
