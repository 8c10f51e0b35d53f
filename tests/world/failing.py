"""A port one of whose calls fails for some items."""

from collections.abc import Callable, Collection
from typing import Any, TypeVar, cast

T = TypeVar("T")


class _Failing:
    def __init__(self, port: object, fails: dict[str, Callable[[str], Exception | None]]) -> None:
        self._port = port
        self._fails = fails

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._port, name)
        if name not in self._fails:
            return real

        async def call(*args: object, **options: object) -> object:
            if (error := self._fails[name](repr((args, options)))) is not None:
                raise error
            return await real(*args, **options)

        return call


def failing(port: T, call: str, items: Collection[str], error: Callable[[], BaseException]) -> T:
    """The port, whose ``call`` raises ``error()`` where an argument names one of ``items``."""

    def wrong(call_text: str) -> Any:
        return error() if any(item in call_text for item in items) else None

    return cast(T, _Failing(port, {call: wrong}))
