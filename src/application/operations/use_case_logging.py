"""What goes around a use case: a line of the log with how long it took and how it ended."""

import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any, Generic, TypeVar, cast

from domain.shared.errors import BachataError, Broken

U = TypeVar("U", bound=Callable[..., Awaitable[Any]])

_log = logging.getLogger("bachata.usecase")


def logged(name: str, use_case: U) -> U:
    """The same use case, which says when it has ended, how, and after how many milliseconds.

    A refusal is information; a failure of ours is an error. What is no error of the product
    at all is logged with its trace where it is caught, at the edge.
    """
    return cast(U, _Logged(name, use_case))


class _Logged(Generic[U]):
    def __init__(self, name: str, use_case: U) -> None:
        self._name = name
        self._use_case = use_case

    async def __call__(self, *args: object, **kwargs: object) -> object:
        began = time.monotonic()
        outcome, level = "cancelled", logging.INFO
        extra: dict[str, object] = {}
        try:
            result = await self._use_case(*args, **kwargs)
            outcome = "done"
        except BachataError as error:
            outcome = "refused"
            # Why something was refused is said in the words of whoever asked.
            extra = {"code": error.code, "stage": error.stage}
            if isinstance(error, Broken):
                outcome, level = "failed", logging.ERROR
                extra |= {"error": str(error), "details": error.details}
            raise
        except Exception as error:
            outcome, level = "failed", logging.ERROR
            extra = {"code": "internal-error", "error": type(error).__name__}
            raise
        else:
            return result
        finally:
            took = round(1000 * (time.monotonic() - began), 1)
            facts = {"use_case": self._name, "outcome": outcome, "duration_ms": took}
            _log.log(level, "%s %s", self._name, outcome, extra=facts | extra)
