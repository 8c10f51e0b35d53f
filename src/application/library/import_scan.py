"""Find clips and lists of moves in a folder."""

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
from domain.importing.move_lists import Kind, Listed, entries_of, note
from domain.importing.move_records import CLIPS, FOLDER, LISTS, MoveRecord, move_records, readable
from domain.shared import validation
from domain.shared.bucket_uris import Home, key_of
from domain.shared.errors import InvalidRequest
from domain.shared.violations import Violation

_LARGEST: Final = 1_000_000_000
"""Maximum bytes of a list; a move with its vectors is about 10 kB of JSON."""
_MOST_VALUES: Final = 5_000_000
"""Maximum values in a list: about 5,000 moves with all their vectors."""
MOST_SEEN: Final = 20_000
"""Maximum files and folders to search if a list does not contain the paths of its clips."""
_DEEPEST: Final = 16
"""Maximum names at the end of a clip's path that are compared."""
_FIRST: Final = "move_embeddings.json"
"""The list that wins over others, because it is the most complete."""


class Gathered(msgspec.Struct, frozen=True, kw_only=True):
    """The moves to import."""

    root: Path
    """Folder that the clips' paths are relative to."""
    moves: tuple[MoveRecord, ...]
    passed_over: tuple[str, ...]
    """Invalid lists, with reasons."""


async def gathered(path: Path, home: Home | None = None) -> Gathered:
    """Scan a folder of clips and lists, or read one list or one clip.

    A folder gives every clip at any depth, and every list directly in it. A list gives only the
    moves it names, with clips at the listed paths relative to the list's folder. Missing clips are
    searched below that folder, in the nearest `MOST_SEEN` names; see
    `domain.importing.move_records` for clips in buckets. Raises `InvalidRequest` if ``path``
    has neither clips nor lists.
    """
    return await FILES.run(lambda: _gathered(path, home))


def _gathered(path: Path, home: Home | None) -> Gathered:
    if path.is_dir():
        lists = sorted(_kind(path.iterdir(), LISTS), key=lambda each: (each.name != _FIRST, each))
        return _result(path, _clips_below(path), lists, home, every_clip=True)
    if path.is_file() and path.suffix.lower() in LISTS:
        if problem := _entries(path)[1]:
            raise _refusal(f"{readable(path.name)}: {problem}")
        return _of_list(path, home)
    if path.is_file() and path.suffix.lower() in CLIPS:
        return _result(path.parent, [path], [], home, every_clip=True)
    kinds = ", ".join(sorted(CLIPS | LISTS))
    raise _refusal(f"There is no folder and no file ({kinds}) at {str(path)!r}.")


def _of_list(path: Path, home: Home | None) -> Gathered:
    """Return the moves of a list; searches for clips only if some are not at their listed paths."""
    entries = _entries(path)[0]
    clips = {clip for each in entries if (clip := _where_said(path.parent, each)) is not None}
    moves = _of(path.parent, clips, entries, home)
    if all(move.clip is not None or move.entry.elsewhere for move in moves):
        return Gathered(root=path.parent, moves=moves, passed_over=())
    nearby, all_seen = nearest_clips(path.parent)
    # A clip at its listed path is not a candidate for another entry.
    moves = _of(path.parent, clips | nearby, entries, home)
    if all_seen or all(move.clip is not None or move.entry.elsewhere for move in moves):
        return Gathered(root=path.parent, moves=moves, passed_over=())
    return Gathered(
        root=path.parent,
        moves=tuple(_not_nearby(move) for move in moves),
        passed_over=(),
    )


def _of(
    root: Path, clips: Iterable[Path], entries: Sequence[Listed], home: Home | None
) -> tuple[MoveRecord, ...]:
    """Return the moves of a list with their clips among ``clips``."""
    names = sorted(clip.relative_to(root).as_posix() for clip in clips)
    return tuple(m for m in move_records(names, entries, home, id_of) if m.entry.source != FOLDER)


def _not_nearby(move: MoveRecord) -> MoveRecord:
    if move.clip is not None or move.entry.elsewhere:
        return move
    message = (
        f"Its clip is not among the nearest {MOST_SEEN:,} files and folders below the list's "
        "folder; put the list beside its clips, or import their folder."
    )
    return msgspec.structs.replace(move, notes=(*move.notes, note(Kind.MISSING, "clip", message)))


def _where_said(root: Path, entry: Listed) -> Path | None:
    """Return the clip of an entry: the longest end of its path that exists below ``root``."""
    path = entry.clip or ""
    key = key_of(path)
    parts = (path if key is None else key).replace("\\", "/").split("/")
    names = [part for part in parts if part not in ("", ".", "..")][-_DEEPEST:]
    for start in range(len(names)):
        clip = root.joinpath(*names[start:])
        if clip.suffix.lower() in CLIPS and _is_file(clip):
            return clip
    return None


def nearest_clips(folder: Path) -> tuple[set[Path], bool]:
    """Return the clips in and below a folder, and True if the search was complete.

    It visits the nearest folders first, up to `MOST_SEEN` names, and follows no links, because the
    folder may be a user's whole home.
    """
    clips: set[Path] = set()
    folders = deque([folder])
    count = 0
    while folders:
        for entry in _children(folders.popleft()):
            count += 1
            if count > MOST_SEEN:
                return clips, False
            # Hidden files belong to the system.
            if entry.name.startswith("."):
                continue
            path = Path(entry.path)
            if entry.is_dir(follow_symlinks=False):
                folders.append(path)
            elif path.suffix.lower() in CLIPS and _is_file(path):
                clips.add(path)
    return clips, True


def _children(folder: Path) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            yield from entries
    except OSError:
        # The folder is not accessible, or has been deleted.
        return


def _result(
    root: Path, clips: list[Path], lists: list[Path], home: Home | None, *, every_clip: bool
) -> Gathered:
    entries: list[Listed] = []
    passed_over: list[str] = []
    for each in lists:
        some, problem = _entries(each)
        entries += some
        if problem:
            passed_over.append(f"{readable(each.name)}: {problem}")
    moves = move_records(
        [clip.relative_to(root).as_posix() for clip in clips], entries, home, id_of
    )
    return Gathered(
        root=root,
        moves=tuple(move for move in moves if every_clip or move.entry.source != FOLDER),
        passed_over=tuple(passed_over),
    )


def _entries(path: Path) -> tuple[list[Listed], str | None]:
    """Return the entries of a list, or the reason why it is invalid."""
    try:
        if path.stat().st_size > _LARGEST:
            return [], f"it is larger than {_LARGEST // 1_000_000_000} GB."
        body = path.read_bytes()
        document = (
            validation.parse(body, _MOST_VALUES) if path.suffix.lower() == ".json" else _table(body)
        )
        entries = entries_of(document, readable(path.name))
    except (OSError, ValueError, csv.Error) as error:
        return [], f"it cannot be read: {error}"
    return (entries, None) if entries is not None else ([], "it is not a list of moves.")


def _table(body: bytes) -> object:
    """Return the rows of a CSV file as objects; separators are commas, semicolons or tabs."""
    text = _text(body)
    first = text.partition("\n")[0]
    mark = max(",;\t", key=first.count)
    return [dict(row) for row in csv.DictReader(io.StringIO(text, newline=""), delimiter=mark)]


def _text(body: bytes) -> str:
    """Decode UTF-8, or UTF-16 with a byte order mark, as spreadsheets write it."""
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return body.decode("utf-16")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError("it is not text in UTF-8; save it as UTF-8.") from None


def _clips_below(folder: Path) -> list[Path]:
    # Skip hidden files, such as the `._` copies that a Mac creates.
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
        # The file is in a folder that is not accessible.
        return False


def _refusal(message: str) -> InvalidRequest:
    return InvalidRequest((Violation(path="path", message=message),))
