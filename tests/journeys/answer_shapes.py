"""Compares an answer with the one that a page shows: what may vary may differ, the rest may not."""

import json
import re
from collections.abc import Iterator
from typing import Any, cast

Fields = dict[str, Any]
Items = list[Any]

ALIKE = ("status", "code", "type", "title", "stage", "token_type")
"""Fields of a whole answer whose values do not vary."""
_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_ISSUED = r"[a-z]{2,8}_(?=[\w.-]*(?:\d|\.\.\.))[\w.+/=-]+|eyJ[\w.-]+"
_ID = re.compile(rf"{_UUID}|\b[0-9a-f]{{32}}\b|\b[0-9a-f]{{16}}\b|\b(?:{_ISSUED})")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


def differences(shown: Any, given: Any, place: str = "") -> Iterator[str]:
    """Yield in sentences how the shape of a JSON value differs from the shown one.

    A list may have more or fewer items, each like one of the shown ones.
    """
    here = f"`{place}`" if place else "the answer"
    if _kind(shown) != _kind(given):
        yield f"{here} is {_kind(given)}, and the page shows {_kind(shown)}."
    elif isinstance(shown, dict):
        yield from _of_fields(cast(Fields, shown), given, place)
    elif isinstance(shown, list):
        yield from _of_items(cast(Items, shown), given, place)


def _of_fields(shown: Fields, given: Fields, place: str) -> Iterator[str]:
    for name in sorted(given.keys() - shown.keys()):
        yield f"the page does not show the field `{place}{'.' * bool(place)}{name}`."
    for name, value in shown.items():
        inner = f"{place}.{name}" if place else name
        if name not in given:
            yield f"the answer has no `{inner}`, which the page shows."
        elif not place and name in ALIKE and value != given[name]:
            yield f"`{inner}` is {given[name]!r}, and the page shows {value!r}."
        else:
            yield from differences(value, given[name], inner)


def _of_items(shown: Items, given: Items, place: str) -> Iterator[str]:
    if bool(shown) != bool(given):
        yield f"`{place}` has {len(given)} items, and the page shows {len(shown)}."
        return
    for number, item in enumerate(given):
        tried = [list(differences(each, item, f"{place}[{number}]")) for each in shown]
        if all(tried):
            yield from min(tried, key=len)
            return


def _kind(value: Any) -> str:
    names = {"dict": "an object", "list": "a list", "str": "a text", "bool": "true or false"}
    return "null" if value is None else names.get(type(value).__name__, "a number")


def text_differences(shown: str, given: str) -> Iterator[str]:
    """Yield the shown lines that do not follow in the given text; ids and numbers may differ."""
    for line, found in _pairs(shown, given):
        if found is None:
            yield f"the answer has no line like {line!r} there."


def _pairs(shown: str, given: str) -> Iterator[tuple[str, str | None]]:
    left = iter(given.splitlines())
    for line in filter(None, shown.splitlines()):
        yield line, next((each for each in left if _alike(line, each)), None)


def _alike(line: str, other: str) -> bool:
    field, mark, data = line.partition(": {")
    if mark:
        found = other.partition(": {")
        if found[:2] != (field, mark):
            return False
        return not list(differences(json.loads("{" + data), json.loads("{" + found[2])))
    return _general(line) == _general(other)


def _general(line: str) -> str:
    return _NUMBER.sub("0", _ID.sub("id", line))


def ids(shown: Any, given: Any) -> Iterator[tuple[str, str]]:
    """Yield the ids of a shown answer, each with the id that the given answer has in its place."""
    if _kind(shown) != _kind(given):
        return
    if isinstance(shown, dict):
        fields = cast(Fields, shown)
        for name in fields.keys() & given.keys():
            yield from ids(fields[name], given[name])
    elif isinstance(shown, list):
        for one, other in zip(cast(Items, shown), given, strict=False):
            yield from ids(one, other)
    elif isinstance(shown, str):
        found = _ID.findall(shown), _ID.findall(given)
        if len(found[0]) == len(found[1]):
            yield from zip(*found, strict=True)


def ids_in_text(shown: str, given: str) -> Iterator[tuple[str, str]]:
    """Yield the same for texts, line by line."""
    for line, found in _pairs(shown, given):
        yield from ids(line, found)
