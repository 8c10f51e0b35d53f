"""Store an index in a file, so that a new process need not fuse the vectors of all moves again."""

import os
import time
import zlib
from collections.abc import Generator, Iterable
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import msgspec
import numpy as np

from adapters import owned_folders
from adapters.flushing import flush
from adapters.index.snapshot import Traits
from adapters.index.vectors import Matrix
from adapters.owned_folders import ABANDONED
from domain.library.embeddings import LENGTH

_MARK: Final = b"bachata-index-1\n"
_PAGE: Final = 4096
"""Bytes; the rows begin at a multiple of it, so that they can be memory-mapped."""
_NAME: Final = "moves.index"


class _Opening(msgspec.Struct, frozen=True, kw_only=True):
    version: str
    traits: Traits


def write(folder: Path, version: str, traits: Traits, rows: Iterable[Matrix]) -> None:
    """Store an index, replacing the previous one atomically. Raises `OSError`."""
    folder.mkdir(parents=True, exist_ok=True)
    opening = msgspec.msgpack.encode(_Opening(version=version, traits=traits))
    with _opened(folder) as root, owned_folders.making(root) as own:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        with os.fdopen(os.open(_NAME, flags, 0o644, dir_fd=own.lock), "wb") as file:
            file.write(_MARK)
            file.write(len(opening).to_bytes(8, "little"))
            file.write(zlib.crc32(opening).to_bytes(8, "little"))
            file.write(opening)
            file.write(bytes(-file.tell() % _PAGE))
            for block in rows:
                # Write a buffer: making a copy would block other work.
                file.write(np.ascontiguousarray(block, "<f4").data)
            file.flush()
            flush(file.fileno())
        os.replace(_NAME, _NAME, src_dir_fd=own.lock, dst_dir_fd=root)


def remove_leftovers(folder: Path) -> None:
    """Delete the unfinished indexes of processes that died. Raises `OSError`."""
    owned_folders.remove_leftovers(folder)
    before = time.time() - ABANDONED.total_seconds()
    # Earlier versions gave these names to unfinished indexes, without locks.
    for leftover in folder.glob(f"{_NAME}.*"):
        with suppress(FileNotFoundError):
            if leftover.stat().st_mtime < before:
                leftover.unlink()


@contextmanager
def _opened(folder: Path) -> Generator[int]:
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield opened
    finally:
        os.close(opened)


def read(folder: Path, version: str) -> tuple[Traits, Matrix] | None:
    """Return the index of a version with memory-mapped rows; None if it is missing or corrupt."""
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
