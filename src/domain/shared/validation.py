"""Read a JSON document into a struct and report all its errors at once."""

import math
import re
import types
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from functools import cache
from itertools import islice
from typing import Annotated, Any, Final, Literal, Union, cast, get_args, get_origin

import msgspec
from msgspec.structs import FieldInfo

from domain.shared import paths, texts
from domain.shared.errors import InvalidRequest
from domain.shared.json_decoder import DECODER
from domain.shared.texts import shortened
from domain.shared.violations import MOST, Concern, Findings, Violation

Json = dict[str, Any]
Hint = Any
"""A type hint; Python has no type for type hints."""

_DEEPEST: Final = 64
"""Maximum nesting of a document in levels; a Blueprint with its reasons has about eight."""

_TOO_DEEP: Final = "The document is nested too deeply."

MOST_VALUES: Final = 150_000
"""Maximum number of objects, arrays and values in a document. A Blueprint of 2,000 moves with their
reasons has about 100,000. Parsed values take up to 40 times the memory of the document.
"""

_QUOTE_LENGTH: Final = 60
"""Maximum number of characters of a wrong value or a field name in a message."""

_UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")


class Reading(msgspec.Struct, frozen=True):
    """The result of reading a document: its valid fields by name, and its errors.

    A nested struct is a dict of its own valid fields; a list of structs is a list of such dicts.
    """

    fields: Json
    violations: tuple[Violation, ...]
    more: int = 0
    """Number of further violations; if there are very many, only the first are listed."""
    unsafe: bool = False
    """True if at least one violation, listed or not, concerns security."""


def parse(body: bytes, most: int = MOST_VALUES) -> object:
    """Return JSON as Python values; raises `ValueError`, which says what is wrong.

    A document of more than ``most`` values would take too much memory, so this function rejects it
    before parsing.
    """
    # Separators inside strings are counted too; no document of this product has that many.
    if body.count(b",") + body.count(b"[") + body.count(b"{") > most:
        raise ValueError(f"The document has more than {most} values.")
    try:
        document = DECODER.decode(body)
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
    """Check ``document`` field by field against the struct type ``kind``."""
    findings = Findings()
    fields = _read(kind, document, path, findings)
    return Reading(fields, tuple(findings.violations), findings.more, findings.unsafe)


def _read(kind: type[msgspec.Struct], document: object, path: str, findings: Findings) -> Json:
    """Return the valid fields; add the errors of all other fields to ``findings``."""
    good: Json = {}
    if not isinstance(document, dict):
        findings.add(path, f"Expected an object, got {_quote(document)}.")
        return good
    members = cast(Json, document)
    infos = _fields(kind)
    for name in members:
        if name not in infos:
            message = f"Unknown field; the fields here are {', '.join(infos)}."
            findings.add(f"{path}.{shortened(name, _QUOTE_LENGTH)}", message)
    for name, (info, hint) in infos.items():
        here = f"{path}.{name}"
        if name in members:
            value = _value(hint, members[name], here, findings)
            if value is not _BAD:
                good[name] = value
        elif info.required:
            findings.add(here, "This field is required.")
        elif info.default is not msgspec.NODEFAULT:
            good[name] = info.default
    return good


def _within(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return cast(Json, value).values()
    return cast(list[object], value) if isinstance(value, list) else ()


def refuse_faults(value: msgspec.Struct) -> None:
    """Raise `InvalidRequest` if a struct breaks its own types, which msgspec does not check on
    creation.
    """
    reading = read(type(value), msgspec.to_builtins(value))
    if reading.violations:
        raise InvalidRequest(reading.violations, more=reading.more)


def shape(path: str, message: str) -> Violation:
    """Return a violation that concerns the shape of a document."""
    return Violation(path=path, message=message, concern=Concern.SHAPE)


_BAD: Final = object()


class _Looked(msgspec.Struct, frozen=True):
    """A type hint and its parts; analysing a hint is slower than checking a
    value, so it is cached.
    """

    kind: Hint
    bare: Hint
    """The type without annotations, `None` and UNSET."""
    metas: tuple[msgspec.Meta, ...]
    item: type[msgspec.Struct] | None
    """The item type, if the hint is a list of structs."""

    def is_a(self, word: str) -> bool:
        return any((meta.extra or {}).get(word) for meta in self.metas)


@cache
def _fields(kind: type[msgspec.Struct]) -> Mapping[str, tuple[FieldInfo, _Looked]]:
    """Return the fields of a struct type, by their names in documents."""
    infos = msgspec.structs.fields(kind)
    return {info.encode_name: (info, _looked(info.type)) for info in infos}


def _looked(kind: Hint) -> _Looked:
    bare, metas = _bare(kind)
    return _Looked(kind, bare, metas, _struct_item(bare))


def _value(hint: _Looked, value: object, path: str, findings: Findings) -> object:
    """Return the valid value, or `_BAD`."""
    bare = hint.bare
    if hint.is_a("storage_path"):
        return _storage_path(value, path, findings)
    if isinstance(bare, type) and issubclass(bare, msgspec.Struct):
        if value is None and type(None) in get_args(hint.kind):
            return None
        return _read(bare, value, path, findings)
    if hint.item is not None and isinstance(value, list | tuple):
        return _structs(hint.item, hint.metas, cast(Sequence[object], value), path, findings)
    wrong = list(islice(_unstorable(value), MOST + 1))
    # The schema says nothing of the values of a free object.
    concern = Concern.RULE if bare not in (str, int, float) else Concern.SHAPE
    for where, message in wrong:
        findings.add(f"{path}{where}", message, concern)
    if not wrong:
        try:
            converted = msgspec.convert(value, hint.kind)
        except msgspec.ValidationError as error:
            quote = "a secret" if hint.is_a("secret") else _quote(value)
            findings.add(path, f"{_reason(bare, error)}; got {quote}.")
        else:
            if not (hint.is_a("name") and isinstance(value, str)) or _is_name(
                value, path, findings
            ):
                return converted
    return _BAD


def _reason(bare: Hint, error: msgspec.ValidationError) -> str:
    """Return msgspec's reason for rejecting a value, without the value itself."""
    reason = str(error).split(" - at ")[0]
    if reason.startswith("Invalid enum value"):
        return f"Expected one of {_allowed(bare)}"
    return reason


def _structs(
    item: type[msgspec.Struct],
    metas: Sequence[msgspec.Meta],
    values: Sequence[object],
    path: str,
    findings: Findings,
) -> object:
    for meta in metas:
        if meta.min_length is not None and len(values) < meta.min_length:
            findings.add(path, f"It needs at least {meta.min_length} items.")
        if meta.max_length is not None and len(values) > meta.max_length:
            findings.add(path, f"It has {len(values)} items; the maximum is {meta.max_length}.")
            return _BAD
    return [_read(item, each, f"{path}[{index}]", findings) for index, each in enumerate(values)]


def _storage_path(value: object, path: str, findings: Findings) -> object:
    if not isinstance(value, str):
        findings.add(path, f"Expected a storage path, got {_quote(value)}.")
    elif reason := paths.fault(value):
        findings.add(path, f"The path {_quote(value)} {reason}.", Concern.SECURITY)
    else:
        return value
    return _BAD


def _is_name(value: str, path: str, findings: Findings) -> bool:
    reason = texts.fault(value)
    if reason is not None:
        findings.add(path, f"The text contains {reason}; remove it.")
    return reason is None


def _bare(kind: Hint) -> tuple[Hint, tuple[msgspec.Meta, ...]]:
    """Return a type without annotations, `None` and UNSET, and the annotations."""
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
    """Return the allowed values of an enum or a literal type, separated by commas."""
    if get_origin(kind) is Literal:
        return ", ".join(map(str, get_args(kind)))
    return ", ".join(kind) if isinstance(kind, type) and issubclass(kind, StrEnum) else ""


def _unstorable(value: object) -> Iterator[tuple[str, str]]:
    """Yield the paths of values that no database can store, with messages.

    These are numbers that are not finite, and texts with NUL characters. The path is built from the
    value upwards and only for errors, because an object may have very many fields with very long
    names.
    """
    if isinstance(value, float) and not math.isfinite(value):
        yield "", "The number is not finite."
    elif isinstance(value, str) and _UNSTORABLE.search(value):
        yield "", "The text contains a NUL or a broken Unicode character."
    elif isinstance(value, Mapping):
        for name, each in cast(Mapping[object, object], value).items():
            yield from (("", message) for _, message in _unstorable(name))
            for where, message in _unstorable(each):
                yield f".{shortened(str(name), _QUOTE_LENGTH)}{where}", message
    elif isinstance(value, list | tuple):
        for index, each in enumerate(cast(Sequence[object], value)):
            for where, message in _unstorable(each):
                yield f"[{index}]{where}", message


def _quote(value: object) -> str:
    """Return a wrong value for a message, cut if it is long."""
    if isinstance(value, str):
        # Cut the text before `repr`, which can make it four times as long.
        text = repr(value[: _QUOTE_LENGTH + 1])
    elif isinstance(value, dict):
        return "an object"
    elif isinstance(value, list | tuple):
        return "an array"
    else:
        text = repr(value)
    return text if len(text) <= _QUOTE_LENGTH else f"{text[:_QUOTE_LENGTH]}..."
