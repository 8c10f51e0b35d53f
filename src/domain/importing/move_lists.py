"""Read move lists: exports of seed systems, annotations, JSON files and CSV files."""

import math
import unicodedata
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, Final, TypeVar, cast

import msgspec

from domain.blueprint.model import Difficulty
from domain.library.embeddings import LENGTHS, OFF_LENGTH, Part, Rows, Vector, packed
from domain.library.moves import Energy, Style

W = TypeVar("W", bound=StrEnum)

_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "id": ("id", "move_id", "clip_id"),
    "name": ("name", "move_name", "title"),
    "label": ("label", "move_label", "category"),
    "clip": ("clip", "video_path", "path", "file", "filename"),
    "difficulty": ("difficulty", "difficulty_level", "level"),
    "energy_level": ("energy_level", "energy"),
    "style": ("style",),
    "duration": ("duration", "seconds"),
    "tempo": ("tempo", "estimated_tempo", "bpm"),
    "first_count": ("first_count", "first_beat"),
    "pose": ("pose_embedding",),
    "audio": ("audio_embedding",),
    "text": ("text_embedding",),
}
"""Accepted names of each field in a list: those of the seed systems and those of this product."""

_LIST_FIELDS: Final = ("embeddings", "clips", "moves", "move_embeddings")
"""Accepted names of the list inside a JSON document."""

_DIFFICULTIES: Final[Mapping[str, str]] = {
    **dict.fromkeys(("low", "easy", "basic", "1", "principiante", "facil"), "beginner"),
    **dict.fromkeys(("medium", "moderate", "2", "intermedio", "medio"), "intermediate"),
    **dict.fromkeys(("high", "hard", "difficult", "expert", "3", "avanzado"), "advanced"),
}
"""Accepted synonyms of a difficulty."""

_ENERGIES: Final[Mapping[str, str]] = {
    **dict.fromkeys(("calm", "slow", "baja", "bajo"), "low"),
    **dict.fromkeys(("moderate", "mid", "media", "medio"), "medium"),
    **dict.fromkeys(("fast", "intense", "alta", "alto"), "high"),
}


class Kind(StrEnum):
    """The origin of a value of an imported move, or its fault."""

    TAKEN = "taken"
    COMPUTED = "computed"
    MISSING = "missing"
    INCONSISTENT = "inconsistent"


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """A remark about the import of one move."""

    kind: Kind
    field: str
    """Name of the field."""
    message: str
    """Sentence for people."""


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """The values of one list entry; a missing or invalid value is None."""

    source: str
    """Name of the list."""
    id: str | None = None
    name: str | None = None
    label: str | None = None
    clip: str | None = None
    difficulty: Difficulty | None = None
    energy_level: Energy | None = None
    style: Style | None = None
    duration: float | None = None
    tempo: float | None = None
    first_count: float | None = None
    rows: Rows = Rows()
    elsewhere: bool = False
    """True if the clip is in a bucket other than this installation's."""
    notes: tuple[Note, ...] = ()


def note(kind: Kind, field: str, message: str) -> Note:
    """Return a note."""
    return Note(kind=kind, field=field, message=message)


def entries_of(document: object, source: str) -> list[Listed] | None:
    """Return the entries of a document; None if it is not a list of moves.

    Accepts the export of a seed system, a list of objects, or an object with such a list under
    `moves`, `clips` or `embeddings`. Rows of a CSV file are a list of objects whose values are
    text.
    """
    entries = document
    if isinstance(document, dict):
        fields = cast(Mapping[str, object], document)
        entries = next(
            (fields[name] for name in _LIST_FIELDS if isinstance(fields.get(name), list)), None
        )
    if not isinstance(entries, list):
        return None
    items = cast(list[object], entries)
    rows = [cast(Mapping[str, Any], each) for each in items if isinstance(each, dict)]
    all_entries = [_read(row, source) for row in rows]
    complete_entries = [each for each in all_entries if each.clip or each.id]
    return complete_entries if complete_entries or not items else None


def _read(row: Mapping[str, Any], source: str) -> Listed:
    """Read one object; the case of its field names does not matter."""
    fields = {str(name).strip().lower(): value for name, value in row.items()}
    values = {field: _first(fields, names) for field, names in _NAMES.items()}
    notes: list[Note] = []
    return Listed(
        source=source,
        id=_text(values["id"], "id", notes),
        name=_text(values["name"], "name", notes),
        label=_text(values["label"], "label", notes),
        clip=_text(values["clip"], "clip", notes),
        difficulty=_word(Difficulty, values["difficulty"], _DIFFICULTIES, "difficulty", notes),
        energy_level=_word(Energy, values["energy_level"], _ENERGIES, "energy_level", notes),
        style=_word(Style, values["style"], {}, "style", notes),
        duration=_number(values["duration"], "duration", (0.001, 86_400), notes),
        tempo=_number(values["tempo"], "tempo", (30, 300), notes),
        first_count=_number(values["first_count"], "first_count", (0, 86_400), notes),
        rows=Rows(**{part.value: _row(part, values[part.value], notes) for part in Part}),
        notes=tuple(notes),
    )


def _first(fields: Mapping[str, Any], names: Sequence[str]) -> object:
    """Return the value of the first field that is neither missing nor empty."""
    return next((fields[name] for name in names if fields.get(name) not in (None, "")), None)


def _text(value: object, field: str, notes: list[Note]) -> str | None:
    if value is None:
        return None
    text = value.strip() if isinstance(value, str) else str(value)
    if any(unicodedata.category(each) in ("Cc", "Cs") for each in text) or not text:
        notes.append(
            note(
                Kind.INCONSISTENT, field, f"{text[:40]!r} is not a valid {field}, so it is ignored."
            )
        )
        return None
    return text


def _word(
    kind: type[W], value: object, same: Mapping[str, str], field: str, notes: list[Note]
) -> W | None:
    """Return a member of ``kind``, given by its name or a synonym."""
    if value is None:
        return None
    parts = unicodedata.normalize("NFKD", str(value).strip().casefold())
    word = "".join(each for each in parts if not unicodedata.combining(each))
    member = same.get(word, word)
    if member not in set(kind):
        allowed = ", ".join(kind)
        message = f"{str(value)[:40]!r} is not one of {allowed}, so it is ignored."
        notes.append(note(Kind.INCONSISTENT, field, message))
        return None
    if member != word:
        notes.append(note(Kind.TAKEN, field, f"{word!r} is read as {member!r}."))
    return kind(member)


def _number(
    value: object, field: str, within: tuple[float, float], notes: list[Note]
) -> float | None:
    if value is None:
        return None
    number = _float(value)
    least, most = within
    if isinstance(value, bool) or not least <= number <= most:
        message = f"{str(value)[:40]!r} is not between {least:g} and {most:g}, so it is ignored."
        notes.append(note(Kind.INCONSISTENT, field, message))
        return None
    return number


def _float(value: object) -> float:
    """Return the number; NaN for a value that is not a number or is too large."""
    try:
        return float(cast(Any, value))
    except (TypeError, ValueError, OverflowError):
        return math.nan


def _row(part: Part, value: object, notes: list[Note]) -> Vector | None:
    """Return the vector of a part, normalised to length 1."""
    if value is None:
        return None
    field, length = f"{part}_embedding", LENGTHS[part]
    items = cast(list[object], value) if isinstance(value, list) else []
    numbers = [_float(each) for each in items if type(each) in (int, float)]
    norm = math.hypot(*numbers)
    if not (len(numbers) == len(items) == length and math.isfinite(norm) and norm > 0):
        message = f"It must be {length} finite numbers that are not all 0, so it is ignored."
        notes.append(note(Kind.INCONSISTENT, field, message))
        return None
    if abs(norm - 1) > OFF_LENGTH:
        notes.append(
            note(Kind.INCONSISTENT, field, f"Its norm was {norm:.4g}; it was scaled to 1.")
        )
        numbers = [number / norm for number in numbers]
    return packed(numbers)
