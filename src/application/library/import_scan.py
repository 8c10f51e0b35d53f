"""Clips and lists of moves as they lie in a folder."""

import codecs
import csv
import io
import os
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import msgspec

from application.concurrency.threads import FILES
from application.library.unique_ids import id_of
from domain.importing.move_lists import Kind, Listed, listed, note
from domain.importing.move_records import CLIPS, FOLDER, LISTS, Wanted, readable, wanted
from domain.shared import validation
from domain.shared.bucket_uris import Home, key_of
from domain.shared.errors import InvalidRequest
from domain.shared.violations import Violation

_LARGEST: Final = 1_000_000_000
"""Bytes of a list; a move with its numbers is about 10 kB of JSON."""
_MOST_VALUES: Final = 5_000_000
"""Values of a list: about 5,000 moves with all their numbers."""
MOST_SEEN: Final = 20_000
"""Files and folders that are looked at where a list does not say where its clips are."""
_DEEPEST: Final = 16
"""Names at the end of a clip's path that are looked at."""
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
    only the moves it names, each where the list says, from the list's folder on. Those that are
    not there are looked for below that folder, in the nearest `MOST_SEEN` names; see
    `domain.importing.move_records.wanted` for those in buckets. Raises `InvalidRequest` when there
    is nothing of the kind at ``path``.
    """
    return await FILES.run(lambda: _gathered(path, home))


def _gathered(path: Path, home: Home | None) -> Gathered:
    if path.is_dir():
        lists = sorted(_kind(path.iterdir(), LISTS), key=lambda each: (each.name != _FIRST, each))
        return _found(path, _clips_below(path), lists, home, every_clip=True)
    if path.is_file() and path.suffix.lower() in LISTS:
        if problem := _entries(path)[1]:
            raise _refusal(f"{readable(path.name)}: {problem}")
        return _of_list(path, home)
    if path.is_file() and path.suffix.lower() in CLIPS:
        return _found(path.parent, [path], [], home, every_clip=True)
    kinds = ", ".join(sorted(CLIPS | LISTS))
    raise _refusal(f"There is no folder and no file ({kinds}) at {str(path)!r}.")


def _of_list(path: Path, home: Home | None) -> Gathered:
    """The moves of a list; only where a clip is not where it is said to be is it looked for."""
    entries = _entries(path)[0]
    clips = {clip for each in entries if (clip := _where_said(path.parent, each)) is not None}
    moves = _of(path.parent, clips, entries, home)
    if all(move.clip is not None or move.said.elsewhere for move in moves):
        return Gathered(root=path.parent, moves=moves, passed_over=())
    nearby, all_seen = nearest_clips(path.parent)
    # A clip that is where the list says is no candidate for another's name.
    moves = _of(path.parent, clips | nearby, entries, home)
    if all_seen or all(move.clip is not None or move.said.elsewhere for move in moves):
        return Gathered(root=path.parent, moves=moves, passed_over=())
    return Gathered(
        root=path.parent,
        moves=tuple(_not_nearby(move) for move in moves),
        passed_over=(),
    )


def _of(
    root: Path, clips: Iterable[Path], entries: Sequence[Listed], home: Home | None
) -> tuple[Wanted, ...]:
    """The moves of a list among these clips."""
    said = sorted(clip.relative_to(root).as_posix() for clip in clips)
    return tuple(m for m in wanted(said, entries, home, id_of) if m.said.source != FOLDER)


def _not_nearby(move: Wanted) -> Wanted:
    if move.clip is not None or move.said.elsewhere:
        return move
    said = (
        f"Its clip was looked for among the nearest {MOST_SEEN:,} files and folders below the "
        "list's; put the list beside its clips, or import their folder."
    )
    return msgspec.structs.replace(move, notes=(*move.notes, note(Kind.MISSING, "clip", said)))


def _where_said(root: Path, entry: Listed) -> Path | None:
    """The clip of an entry by the longest end of its path that leads to one from ``root``."""
    said = entry.clip or ""
    key = key_of(said)
    parts = (said if key is None else key).replace("\\", "/").split("/")
    names = [part for part in parts if part not in ("", ".", "..")][-_DEEPEST:]
    for start in range(len(names)):
        clip = root.joinpath(*names[start:])
        if clip.suffix.lower() in CLIPS and _is_file(clip):
            return clip
    return None


def nearest_clips(folder: Path) -> tuple[set[Path], bool]:
    """The clips in and below a folder, and whether it was looked through to its end.

    Nearest folders first, up to `MOST_SEEN` names and without following links: the folder may
    be a person's whole home.
    """
    found: set[Path] = set()
    folders = deque([folder])
    seen = 0
    while folders:
        for entry in _listed(folders.popleft()):
            seen += 1
            if seen > MOST_SEEN:
                return found, False
            # Names that begin with a dot belong to the system.
            if entry.name.startswith("."):
                continue
            path = Path(entry.path)
            if entry.is_dir(follow_symlinks=False):
                folders.append(path)
            elif path.suffix.lower() in CLIPS and _is_file(path):
                found.add(path)
    return found, True


def _listed(folder: Path) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            yield from entries
    except OSError:
        # It may not be looked into, or is gone by now.
        return


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
        document = (
            validation.parse(body, _MOST_VALUES) if path.suffix.lower() == ".json" else _table(body)
        )
        entries = listed(document, readable(path.name))
    except (OSError, ValueError, csv.Error) as error:
        return [], f"it cannot be read: {error}"
    return (entries, None) if entries is not None else ([], "it is no list of moves.")


def _table(body: bytes) -> object:
    """Rows of a CSV file as objects; commas, semicolons or tabs."""
    text = _text(body)
    first = text.partition("\n")[0]
    mark = max(",;\t", key=first.count)
    return [dict(row) for row in csv.DictReader(io.StringIO(text, newline=""), delimiter=mark)]


def _text(body: bytes) -> str:
    """Text in UTF-8, or in UTF-16 where it says so at its beginning, as spreadsheets write it."""
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return body.decode("utf-16")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError("it is no text in UTF-8; save it as UTF-8.") from None


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
