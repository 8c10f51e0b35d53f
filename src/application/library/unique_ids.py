"""Ids for what comes with a name only."""

from collections.abc import Awaitable, Callable

from anyascii import anyascii

from application.ports.library import Kind, Library
from domain.library import ids
from domain.shared.errors import NotFound


def id_of(name: str) -> str:
    """An id out of a name in any script; see `domain.library.ids.id_of`."""
    return ids.id_of(name, anyascii)


async def unused(plain: str, *looks: Callable[[str], Awaitable[object]]) -> str:
    """``plain``, or ``plain`` with the first number from 2 on, that all ``looks`` find nothing by.

    A look raises `NotFound` where there is nothing of an id.
    """
    tried, number = plain, 1
    while any([await _finds(look, tried) for look in looks]):
        number += 1
        tried = f"{plain}-{number}"
    return tried


async def unused_in(library: Library, kind: Kind, plain: str) -> str:
    """``plain``, or ``plain`` with a number, that no song or move of ``library`` has for an id.

    One whose file is still to be deleted has it, too: whoever removes it once more means that one.
    """

    async def removed(tried: str) -> None:
        if not await library.removed(kind, tried):
            raise NotFound

    look = library.song if kind is Kind.SONG else library.move
    return await unused(plain, look, removed)


async def _finds(look: Callable[[str], Awaitable[object]], tried: str) -> bool:
    try:
        await look(tried)
    except NotFound:
        return False
    return True
