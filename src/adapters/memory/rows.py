"""Rules that in-memory tables share with tables in a database."""

from collections.abc import Callable, Mapping
from typing import TypeVar

import msgspec

from application.ports.pagination import Page
from domain.library.moves import Move
from domain.library.songs import Song
from domain.shared.errors import InvalidRequest
from domain.shared.violations import Violation

T = TypeVar("T")


def page_of(
    everything: Mapping[str, T], matches: Callable[[T], bool], after: str | None, most: int
) -> Page[T]:
    """Return a page of the items that match, by id."""
    # Characters compare as their UTF-8 bytes do, which is the order of the databases.
    if after is not None and not is_storable(after):
        return Page(items=())
    ids = [
        key
        for key in sorted(everything)
        if (after is None or key > after) and matches(everything[key])
    ]
    more = len(ids) > most
    return Page(
        items=tuple(everything[key] for key in ids[:most]), last=ids[most - 1] if more else None
    )


def contains(part: str, whole: str) -> bool:
    """Return True if ``whole`` contains ``part``, in any case."""
    return part.casefold() in whole.casefold()


def check_texts(item: Song | Move) -> None:
    """Raise `InvalidRequest` for a text that no database can store."""
    fields = msgspec.structs.asdict(item)
    wrong = [n for n, text in fields.items() if isinstance(text, str) and not is_storable(text)]
    if wrong:
        message = "The text contains U+0000 or an unpaired surrogate; remove it."
        raise InvalidRequest(tuple(Violation(path=f"$.{name}", message=message) for name in wrong))


def is_storable(text: str) -> bool:
    """Return True if a database can store the text: no U+0000, no lone surrogate."""
    return not any(c == "\0" or "\ud800" <= c <= "\udfff" for c in text)
