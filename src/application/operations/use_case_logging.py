"""Log each use case with its duration and outcome."""

import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any, Generic, TypeVar, cast

from domain.shared.errors import BachataError, Broken

U = TypeVar("U", bound=Callable[..., Awaitable[Any]])

_log = logging.getLogger("bachata.usecase")


def logged(name: str, use_case: U) -> U:
    """Return the use case wrapped so that it logs its outcome and its duration in milliseconds.

    A refusal has level info; a failure of the service has level error. An error outside the
    product's tree is logged with its traceback by the entrypoint.
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
            # The reason of a refusal may contain the caller's own words, so it is not logged.
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
