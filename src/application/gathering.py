"""Clips and lists of moves as they lie in a folder."""

import csv
import io
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import msgspec

from application.naming import id_of
from application.threads import FILES
from domain import documents
from domain.addresses import Home
from domain.errors import InvalidRequest
from domain.importing import CLIPS, FOLDER, LISTS, Wanted, readable, wanted
from domain.move_lists import Listed, listed
from domain.violations import Violation

_LARGEST: Final = 1_000_000_000
"""Bytes of a list; a move with its numbers is about 10 kB of JSON."""
_FIRST: Final = "move_embeddings.json"
"""The list that wins over others: it has most to say."""


class Gathered(msgspec.Struct, frozen=True, kw_only=True):
    """What there is to import."""

    root: Path
    """Folder that the clips' paths are relative to."""
    moves: tuple[Wanted, ...]
    passed_over: tuple[str, ...]
    """Lists that are none, and why."""


async def gathered(path: Path, home: Home | None = None) -> Gathered:
    """Look through a folder of clips and lists, or at one list or one clip.

    Of a folder every clip is wanted, at any depth, and every list at the top is read. Of a list
    only the moves it names, whose clips are looked for beside it and below; see
    `domain.importing.wanted` for those in buckets. Raises `InvalidRequest` when there is nothing
    of the kind at ``path``.
    """
    return await FILES.run(lambda: _gathered(path, home))


def _gathered(path: Path, home: Home | None) -> Gathered:
    if path.is_dir():
        lists = sorted(_kind(path.iterdir(), LISTS), key=lambda each: (each.name != _FIRST, each))
        return _found(path, _clips_below(path), lists, home, every_clip=True)
    if path.is_file() and path.suffix.lower() in LISTS:
        if problem := _entries(path)[1]:
            raise _refusal(f"{readable(path.name)}: {problem}")
        return _found(path.parent, _clips_below(path.parent), [path], home, every_clip=False)
    if path.is_file() and path.suffix.lower() in CLIPS:
        return _found(path.parent, [path], [], home, every_clip=True)
    kinds = ", ".join(sorted(CLIPS | LISTS))
    raise _refusal(f"There is no folder and no file ({kinds}) at {str(path)!r}.")


def _found(
    root: Path, clips: list[Path], lists: list[Path], home: Home | None, *, every_clip: bool
) -> Gathered:
    entries: list[Listed] = []
    passed_over: list[str] = []
    for each in lists:
        some, problem = _entries(each)
        entries += some
        if problem:
            passed_over.append(f"{readable(each.name)}: {problem}")
    moves = wanted([clip.relative_to(root).as_posix() for clip in clips], entries, home, id_of)
    return Gathered(
        root=root,
        moves=tuple(move for move in moves if every_clip or move.said.source != FOLDER),
        passed_over=tuple(passed_over),
    )


def _entries(path: Path) -> tuple[list[Listed], str | None]:
    """The entries of a list, or what is wrong with it."""
    try:
        if path.stat().st_size > _LARGEST:
            return [], f"it is larger than {_LARGEST // 1_000_000_000} GB."
        body = path.read_bytes()
        document = documents.parse(body) if path.suffix.lower() == ".json" else _table(body)
        entries = listed(document, readable(path.name))
    except (OSError, ValueError, csv.Error) as error:
        return [], f"it cannot be read: {error}"
    return (entries, None) if entries is not None else ([], "it is no list of moves.")


def _table(body: bytes) -> object:
    """Rows of a CSV file as objects; commas, semicolons or tabs."""
    text = body.decode("utf-8-sig")
    first = text.partition("\n")[0]
    mark = max(",;\t", key=first.count)
    return [dict(row) for row in csv.DictReader(io.StringIO(text, newline=""), delimiter=mark)]


def _clips_below(folder: Path) -> list[Path]:
    # Names that begin with a dot belong to the system, like the `._` twins of a Mac's files.
    return sorted(
        each
        for each in _kind(folder.rglob("*"), CLIPS)
        if not any(part.startswith(".") for part in each.relative_to(folder).parts)
    )


def _kind(paths: Iterable[Path], suffixes: frozenset[str]) -> list[Path]:
    return [path for path in paths if path.suffix.lower() in suffixes and _is_file(path)]


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        # It lies in a folder that we may not look into.
        return False


def _refusal(message: str) -> InvalidRequest:
    return InvalidRequest((Violation(path="path", message=message),))
