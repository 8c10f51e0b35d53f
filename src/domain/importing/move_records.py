"""Join clips with the entries of move lists and with their folder names, for an import."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import msgspec

from domain.importing.move_lists import Kind, Listed, Note, note
from domain.library.embeddings import Part, Rows
from domain.library.ids import slug
from domain.shared.bucket_uris import Home, key_of, path_of
from domain.shared.errors import UnsafePath

CLIPS: Final = frozenset({".mp4", ".mov", ".m4v", ".mkv", ".webm"})
LISTS: Final = frozenset({".json", ".csv"})
FOLDER: Final = "the folder"
"""Source of values that come only from the place of a clip."""
UNSORTED: Final = "unsorted"
"""Label of a clip that is not in a folder."""

ToId = Callable[[str], str]
"""Makes an id from a name."""

_LONGEST_NAME: Final = 200
_FIELDS: Final = (
    *("name", "label", "difficulty", "energy_level", "style"),
    *("duration", "tempo", "first_count"),
)


class MoveRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A move to import, with a unique id."""

    id: str
    former_id: str | None = None
    """The id that earlier versions made from the same name, if it differs."""
    name: str
    label: str
    clip: str | None
    """Path of the clip among the available files; None if the clip is missing."""
    entry: Listed
    """The merged values of all lists."""
    notes: tuple[Note, ...]


def move_records(
    clips: Sequence[str],
    entries: Sequence[Listed],
    home: Home | None = None,
    to_id: ToId = slug,
) -> list[MoveRecord]:
    """Return the moves in the order of the lists, then the unlisted clips in the order of their
    paths.

    ``clips`` are paths relative to the imported folder. Entries of several lists that name the same
    clip become one move; the value of the first list wins. A URI of a bucket is matched by its key;
    if ``home`` is given, a clip in any other bucket counts as missing. ``to_id`` makes ids from
    names.
    """
    grouped: dict[str, list[Listed]] = {}
    there: dict[str, str] = {}
    by_name: dict[str, list[str]] = {}
    for clip in clips:
        by_name.setdefault(_parts(clip)[-1], []).append(clip)
    by_id: dict[str, list[str]] = {}
    for clip in clips:
        for clip_id in {to_id(_stem(clip)), slug(_stem(clip))}:
            by_id.setdefault(clip_id, []).append(clip)
    for entry in (_at_home(each, home) for each in entries):
        path = _parts(entry.clip or "")
        if entry.elsewhere:
            clip = None
        elif path:
            clip = _clip_of(path, by_name.get(path[-1], ()))
        else:
            clip = _only(by_id, to_id(entry.id or ""))
        key = f"clip {clip}" if clip else f"said {_tail(entry.clip or entry.id or '')}"
        grouped.setdefault(key, []).append(entry)
        if clip:
            there[key] = clip
    for clip in sorted(set(clips) - set(there.values())):
        grouped[f"clip {clip}"] = [Listed(source=FOLDER, clip=clip)]
        there[f"clip {clip}"] = clip
    ids: set[str] = set()
    formerly: set[str] = set()
    records: list[MoveRecord] = []
    for key, group in grouped.items():
        former = _record_of(group, there.get(key), formerly, slug).id
        move = _record_of(group, there.get(key), ids, to_id)
        records.append(_formerly(move, former))
    return records


def _formerly(move: MoveRecord, former: str) -> MoveRecord:
    return move if move.id == former else msgspec.structs.replace(move, former_id=former)


def _at_home(entry: Listed, home: Home | None) -> Listed:
    """Return the entry with the storage path of its clip, or with a note that the clip is in
    another bucket.
    """
    if entry.clip is None or (key := key_of(entry.clip)) is None:
        return entry
    try:
        return _with(entry, "clip", path_of(entry.clip, home) if home else key)
    except UnsafePath as error:
        notes = (*entry.notes, note(Kind.INCONSISTENT, "clip", str(error)))
        return _with(_with(entry, "elsewhere", value=True), "notes", notes)


def same_file(path: str, files: Sequence[str]) -> str | None:
    """Return the file whose path has the longest common ending with ``path``; None if none or two
    match.
    """
    parts = _parts(path)
    if not parts:
        return None
    return _clip_of(parts, [each for each in files if _parts(each)[-1:] == parts[-1:]])


def readable(name: str) -> str:
    """Return the name of a file as a line of text.

    U+FFFD replaces bytes that are not UTF-8, and characters that break lines or reverse text.
    """
    return "".join(each if each.isprintable() else "\ufffd" for each in name)


def title_of(stem: str) -> str:
    """Return the title of a song or a move, made from its file name."""
    return readable(stem)[:_LONGEST_NAME].strip() or "Unnamed"


def _record_of(
    entries: Sequence[Listed], clip: str | None, ids: set[str], to_id: ToId
) -> MoveRecord:
    whole, notes = _merged(entries)
    path = readable(clip or whole.clip or "")
    *folders, file = path.replace("\\", "/").split("/")
    stem = file.rpartition(".")[0] or file
    label = whole.label
    if label is None:
        label = folders[-1] if folders else UNSORTED
        notes.append(note(Kind.TAKEN, "label", f"{label!r} after the folder's name."))
    elif clip and folders and folders[-1] != label:
        notes.append(
            note(
                Kind.INCONSISTENT,
                "label",
                f"The list states {label!r}; the folder is {folders[-1]!r}.",
            )
        )
    plain = to_id(whole.id or stem)
    move_id = _unique(plain, to_id(label), ids)
    if move_id != plain:
        message = (
            f"{plain!r} is the id of another move already, so this move has the id {move_id!r}."
        )
        notes.append(note(Kind.INCONSISTENT, "id", message))
    name = whole.name or stem.replace("_", " ").strip().title() or move_id
    return MoveRecord(
        id=move_id, name=name, label=label, clip=clip, entry=whole, notes=tuple(notes)
    )


def _unique(plain: str, label: str, ids: set[str]) -> str:
    """Return an id that is not taken: ``plain``, with the label and a number if necessary."""
    candidate, number = plain, 1
    while candidate in ids:
        candidate = f"{plain}-{label}" if number == 1 else f"{plain}-{label}-{number}"
        number += 1
    ids.add(candidate)
    return candidate


def _merged(entries: Sequence[Listed]) -> tuple[Listed, list[Note]]:
    """Merge entries, where the first value wins; return notes about values that contradict it."""
    whole: Listed = entries[0]
    notes = list(whole.notes)
    by = dict.fromkeys(_FIELDS, whole.source)
    for other in entries[1:]:
        notes += other.notes
        for field in _FIELDS:
            mine, theirs = getattr(whole, field), getattr(other, field)
            if mine is None:
                whole, by[field] = _with(whole, field, theirs), other.source
            elif theirs is not None and theirs != mine:
                message = f"{by[field]} says {mine}, {other.source} says {theirs}."
                notes.append(note(Kind.INCONSISTENT, field, message))
        rows = Rows(**{part.value: whole.rows.of(part) or other.rows.of(part) for part in Part})
        whole = _with(whole, "rows", rows)
    sources = dict.fromkeys(each.source for each in entries)
    return _with(whole, "source", " and ".join(sources)), notes


def _with(entry: Listed, field: str, value: object) -> Listed:
    changed: Listed = msgspec.structs.replace(entry, **{field: value})
    return changed


def _clip_of(path: Sequence[str], clips: Sequence[str]) -> str | None:
    """Return the clip whose path has the longest common ending with ``path``; None if none or two
    match.
    """
    best = Counter({clip: _common(path, _parts(clip)) for clip in clips}).most_common(2)
    if not best or (len(best) == 2 and best[0][1] == best[1][1]):
        return None
    nearest, alike = best[0]
    # A clip of the same name in another folder is another clip, unless one of the two paths has no
    # folder.
    return nearest if alike >= min(len(path), len(_parts(nearest)), 2) else None


def _only(by_id: Mapping[str, Sequence[str]], move_id: str) -> str | None:
    same = by_id.get(move_id, ())
    return same[0] if len(same) == 1 else None


def _common(path: Sequence[str], there: Sequence[str]) -> int:
    """Return the number of names, from the last on, that two paths share."""
    count = 0
    for mine, theirs in zip(reversed(path), reversed(there), strict=False):
        if mine != theirs:
            break
        count += 1
    return count


def _parts(path: str) -> list[str]:
    parts = path.replace("\\", "/").casefold().split("/")
    return [part for part in parts if part not in ("", ".")]


def _tail(path: str) -> str:
    return "/".join(_parts(path)[-2:])


def _stem(path: str) -> str:
    file = path.rsplit("/", 1)[-1]
    return file.rpartition(".")[0] or file
