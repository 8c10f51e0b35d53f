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
"""Bytes of one message."""


class Job(msgspec.Struct, frozen=True, kw_only=True, tag="job", omit_defaults=True):
    """A task for one file, which is handed over opened."""

    number: int
    task: str
    """`look`, `watch`, `samples`, `hear`."""
    seconds: float
    """Longer files are refused."""
    rate: int = 0
    """Samples a second that are asked for."""


class Stop(msgspec.Struct, frozen=True, kw_only=True, tag="stop"):
    """End a job at once."""

    number: int


class Order(msgspec.Struct, frozen=True):
    """One datagram to the worker."""

    order: Job | Stop


class Kind(IntEnum):
    """Kinds of messages about a job."""

    PART = 1
    """Bytes of an answer that comes in pieces."""
    ANSWER = 2
    REFUSAL = 3
    FAULT = 4
    """A bug of ours, with its trace."""


class Refusal(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why there is no answer."""

    code: str
    """As in `domain.shared.errors`."""
    message: str
    details: str | None = None


class Look(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A file as FFmpeg is to be told of it."""

    form: str
    """FFmpeg's name of the container."""
    media: Media
    picture: int | None = None
    """Number of the track with the moving picture."""
    sound: int | None = None
    """Number of the track that is heard."""
    hdr: bool = False
    colours: tuple[str, str, str] | None = None
    """Primaries, transfer and matrix as FFmpeg names them, where they are not those of BT.709."""
    interlaced: bool = False
    setup: bytes = b""
    """The picture's decoder configuration."""
    sound_seconds: Fraction | None = None
    sound_rate: int = 0
    """Samples a second."""
    endless: bool = False
    """Whether the header of a WAV leaves its length open."""
    skip: int = 0
    """Bytes in front of it."""


def encode(value: object) -> bytes:
    """A message's body."""
    return msgspec.msgpack.encode(value, enc_hook=str)


def decode(body: bytes, kind: Any) -> Any:  # noqa: ANN401 - whichever type is asked for
    """Read a body; raises ValueError or ArithmeticError for what is no such value."""
    return msgspec.msgpack.decode(body, type=kind, dec_hook=_converted)


def _converted(kind: type, value: object) -> Fraction:
    if kind is not Fraction:
        raise ValueError(f"{kind.__name__} is not written so.")
    return Fraction(str(value))


def write(file: int, kind: Kind, body: bytes) -> None:
    """Write a message to a pipe, waiting until it is read."""
    for piece in _pieces(kind, body):
        rest = memoryview(piece)
        while rest:
            rest = rest[os.write(file, rest) :]


def _pieces(kind: Kind, body: bytes) -> Iterator[bytes]:
    yield HEAD.pack(kind, len(body))
    yield body
