"""Pages of long lists."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Final, Generic, TypeVar
from uuid import UUID

import msgspec

T = TypeVar("T")

_PAGE: Final = 500


class Page(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """A page of items, in the order of their ids."""

    items: tuple[T, ...]
    last: str | None = None
    """The id after which the next page starts; None on the last page."""


def time_key(created_at: datetime, item_id: UUID) -> str:
    """Return the place of an item in the order of time: its creation in UTC, and its id."""
    return f"{created_at.astimezone(UTC).isoformat(timespec='microseconds')} {item_id}"


def place_of(key: str) -> tuple[datetime, UUID]:
    """Return the time and the id in a `time_key`; raises ValueError for any other text."""
    time, blank, item_id = key.partition(" ")
    created_at = datetime.fromisoformat(time)
    if not blank or created_at.tzinfo is None:
        raise ValueError("This is no place in a list.")
    return created_at, UUID(item_id)


async def read_all(page: Callable[[str | None, int], Awaitable[Page[T]]]) -> list[T]:
    """Return the items of all pages, which ``page(after, most)`` reads."""
    items: list[T] = []
    after: str | None = None
    while True:
        part = await page(after, _PAGE)
        items.extend(part.items)
        if (after := part.last) is None:
            return items
