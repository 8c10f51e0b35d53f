"""Pages of long lists."""

from collections.abc import Awaitable, Callable
from typing import Final, Generic, TypeVar

import msgspec

T = TypeVar("T")

_PAGE: Final = 500


class Page(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """A page of items, in the order of their ids."""

    items: tuple[T, ...]
    last: str | None = None
    """The id after which the next page starts; None on the last page."""


async def read_all(page: Callable[[str | None, int], Awaitable[Page[T]]]) -> list[T]:
    """Return the items of all pages, which ``page(after, most)`` reads."""
    items: list[T] = []
    after: str | None = None
    while True:
        part = await page(after, _PAGE)
        items.extend(part.items)
        if (after := part.last) is None:
            return items
