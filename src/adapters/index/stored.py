"""An index in a file, so that a process that starts need not fuse every move again."""

import os
import tempfile
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import msgspec
import numpy as np

from adapters.index.held import Traits
from adapters.index.vectors import Matrix
from domain.embeddings import LENGTH

_MARK: Final = b"bachata-index-1\n"
_PAGE: Final = 4096
"""Bytes; where the rows begin is a multiple of it, so that they can be mapped."""
_NAME: Final = "moves.index"


class _Opening(msgspec.Struct, frozen=True, kw_only=True):
    version: str
    traits: Traits


def write(folder: Path, version: str, traits: Traits, rows: Iterable[Matrix]) -> None:
    """Store an index in place of the one before; whole or not at all. Raises `OSError`."""
    folder.mkdir(parents=True, exist_ok=True)
    opening = msgspec.msgpack.encode(_Opening(version=version, traits=traits))
    number, name = tempfile.mkstemp(prefix=f"{_NAME}.", dir=folder)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(_MARK)
            file.write(len(opening).to_bytes(8, "little"))
            file.write(zlib.crc32(opening).to_bytes(8, "little"))
            file.write(opening)
            file.write(bytes(-file.tell() % _PAGE))
            for block in rows:
                # As a buffer: what has to be copied first holds everything else up.
                file.write(np.ascontiguousarray(block, "<f4").data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(folder / _NAME)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def read(folder: Path, version: str) -> tuple[Traits, Matrix] | None:
    """The index of a version with its rows mapped; None when it is not there, or is spoiled."""
    path = folder / _NAME
    try:
        with path.open("rb") as file:
            if file.read(len(_MARK)) != _MARK:
                return None
            length, check = (int.from_bytes(file.read(8), "little") for _ in range(2))
            size = os.fstat(file.fileno()).st_size
            body = file.read(min(length, size))
            if zlib.crc32(body) != check:
                return None
            opening = msgspec.msgpack.decode(body, type=_Opening)
            start = file.tell() + -file.tell() % _PAGE
            count = len(opening.traits.ids)
            if opening.version != version or size != start + 4 * LENGTH * count:
                return None
            shape = (count, LENGTH)
            if count == 0:
                return opening.traits, np.empty(shape, np.float32)
            rows = np.memmap(file, "<f4", "r", offset=start, shape=shape)
    except (OSError, ValueError, msgspec.DecodeError):
        return None
    return opening.traits, np.asarray(rows)
