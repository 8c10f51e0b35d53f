"""Read a JSON document into a struct and name everything that is wrong with it, all at once."""

import math
import types
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, Final, Literal, Union, cast, get_args, get_origin

import msgspec
from msgspec.structs import FieldInfo

from domain import paths
from domain.errors import InvalidRequest
from domain.violations import Concern, Violation

Json = dict[str, Any]
Hint = Any
"""A type hint, which Python itself gives no type."""

_DEEPEST: Final = 64
"""Levels of a document; a Blueprint with its reasons has about eight."""

_TOO_DEEP: Final = "The document is nested too deeply."

_SHOWN: Final = 60
"""Characters of a wrong value that are shown to the asker."""


class Reading(msgspec.Struct, frozen=True):
    """What could be read of a document: the good fields by name, and what was wrong with the rest.

    A nested struct is a nested dict of its own good fields, and a list of structs a list of those.
    """

    fields: Json
    violations: tuple[Violation, ...]


def parse(body: bytes) -> object:
    """JSON as Python values, or `ValueError` with what is wrong."""
    try:
        document = msgspec.json.decode(body)
    except RecursionError:
        raise ValueError(_TOO_DEEP) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"The document is not JSON: {error}.") from None
    level = [document]
    for _ in range(_DEEPEST):
        if not (level := [inner for each in level for inner in _within(each)]):
            return document
    raise ValueError(_TOO_DEEP)


def read(kind: type[msgspec.Struct], document: object, path: str = "$") -> Reading:
    """Check ``document`` field by field against the struct ``kind``."""
    if not isinstance(document, dict):
        return Reading({}, (shape(path, f"Expected an object, got {_shown(document)}."),))
    given = cast(Json, document)
    infos = _fields(kind)
    good: Json = {}
    found = [
        shape(f"{path}.{name}", f"Unknown field; the fields here are {', '.join(infos)}.")
        for name in given
        if name not in infos
    ]
    for name, (info, hint) in infos.items():
        here = f"{path}.{name}"
        if name in given:
            value, wrong = _value(hint, given[name], here)
            found.extend(wrong)
            if value is not _BAD:
                good[name] = value
        elif info.required:
            found.append(shape(here, "This field is required."))
        elif info.default is not msgspec.NODEFAULT:
            good[name] = info.default
    return Reading(good, tuple(found))


def _within(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return cast(Json, value).values()
    return cast(list[object], value) if isinstance(value, list) else ()


def refuse_faults(value: msgspec.Struct) -> None:
    """Raise `InvalidRequest` when a struct, which may be made of anything, breaks its own types."""
    reading = read(type(value), msgspec.to_builtins(value))
    if reading.violations:
        raise InvalidRequest(reading.violations)


def shape(path: str, message: str) -> Violation:
    """A violation of a document's form."""
    return Violation(path=path, message=message, concern=Concern.SHAPE)


_BAD: Final = object()


class _Looked(msgspec.Struct, frozen=True):
    """A type hint that was looked into; looking takes longer than checking a value."""

    kind: Hint
    bare: Hint
    """Without annotations, `None` and UNSET."""
    metas: tuple[msgspec.Meta, ...]
    item: type[msgspec.Struct] | None
    """The struct that it is a list of, if it is."""

    @property
    def is_storage_path(self) -> bool:
        return any((meta.extra or {}).get("storage_path") for meta in self.metas)


@cache
def _fields(kind: type[msgspec.Struct]) -> Mapping[str, tuple[FieldInfo, _Looked]]:
    """The fields of a struct by the names they have in documents."""
    infos = msgspec.structs.fields(kind)
    return {info.encode_name: (info, _looked(info.type)) for info in infos}


def _looked(kind: Hint) -> _Looked:
    bare, metas = _bare(kind)
    return _Looked(kind, bare, metas, _struct_item(bare))


def _value(hint: _Looked, value: object, path: str) -> tuple[object, Sequence[Violation]]:
    bare = hint.bare
    if hint.is_storage_path:
        return _storage_path(value, path)
    if isinstance(bare, type) and issubclass(bare, msgspec.Struct):
        reading = read(bare, value, path)
        return reading.fields, reading.violations
    if hint.item is not None and isinstance(value, list | tuple):
        return _structs(hint.item, hint.metas, cast(Sequence[object], value), path)
    if wrong := tuple(_unstorable(value, path)):
        return _BAD, wrong
    try:
        return msgspec.convert(value, hint.kind), ()
    except msgspec.ValidationError as error:
        said = str(error).split(" - at ")[0]
        if said.startswith("Invalid enum value") and (allowed := _allowed(bare)):
            said = f"Expected one of {allowed}"
        return _BAD, (shape(path, f"{said}; got {_shown(value)}."),)


def _structs(
    item: type[msgspec.Struct],
    metas: Sequence[msgspec.Meta],
    values: Sequence[object],
    path: str,
) -> tuple[object, Sequence[Violation]]:
    readings = [read(item, each, f"{path}[{index}]") for index, each in enumerate(values)]
    found = [violation for reading in readings for violation in reading.violations]
    for meta in metas:
        if meta.min_length is not None and len(values) < meta.min_length:
            found.append(shape(path, f"At least {meta.min_length} needed."))
        if meta.max_length is not None and len(values) > meta.max_length:
            found.append(shape(path, f"{len(values)} are too many; {meta.max_length} at most."))
    return [reading.fields for reading in readings], found


def _storage_path(value: object, path: str) -> tuple[object, Sequence[Violation]]:
    if not isinstance(value, str):
        return _BAD, (shape(path, f"Expected a storage path, got {_shown(value)}."),)
    if reason := paths.fault(value):
        message = f"The path {_shown(value)} {reason}."
        return _BAD, (Violation(path=path, message=message, concern=Concern.SECURITY),)
    return value, ()


def _bare(kind: Hint) -> tuple[Hint, tuple[msgspec.Meta, ...]]:
    """A type without its annotations and without `None` or UNSET, and the annotations."""
    metas: tuple[msgspec.Meta, ...] = ()
    while True:
        if get_origin(kind) is Annotated:
            kind, *more = get_args(kind)
            metas += tuple(meta for meta in more if isinstance(meta, msgspec.Meta))
        elif get_origin(kind) in (Union, types.UnionType):
            rest = [a for a in get_args(kind) if a not in (type(None), msgspec.UnsetType)]
            if len(rest) != 1:
                return kind, metas
            kind = rest[0]
        else:
            return kind, metas


def _struct_item(kind: Hint) -> type[msgspec.Struct] | None:
    if get_origin(kind) not in (tuple, list):
        return None
    item = get_args(kind)[0]
    return item if isinstance(item, type) and issubclass(item, msgspec.Struct) else None


def _allowed(kind: Hint) -> str:
    """The values that an enum or a literal type takes."""
    if get_origin(kind) is Literal:
        return ", ".join(map(str, get_args(kind)))
    return ", ".join(kind) if isinstance(kind, type) and issubclass(kind, StrEnum) else ""


def _unstorable(value: object, path: str) -> Sequence[Violation]:
    """What no database can hold: numbers that are not finite, NUL characters in text."""
    if isinstance(value, float) and not math.isfinite(value):
        return (shape(path, "The number is not finite."),)
    if isinstance(value, str) and ("\x00" in value or _surrogate(value)):
        return (shape(path, "The text holds a NUL or a broken Unicode character."),)
    if isinstance(value, Mapping):
        pairs = cast(Mapping[object, object], value).items()
        inner = [(f"{path}.{name}", each) for name, each in pairs]
        inner += [(path, name) for name, _ in pairs]
    elif isinstance(value, list | tuple):
        inner = [(f"{path}[{i}]", x) for i, x in enumerate(cast(Sequence[object], value))]
    else:
        return ()
    return [violation for where, each in inner for violation in _unstorable(each, where)]


def _surrogate(text: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in text)


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
