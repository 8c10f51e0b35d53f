"""The recorded form of an error, from which the same error can be raised elsewhere."""

from collections.abc import Iterator
from functools import cache
from typing import Final

import msgspec

from domain.jobs.errors import InternalError
from domain.shared.errors import BachataError, InvalidRequest
from domain.shared.violations import Violation

INTERNAL: Final = InternalError.code


class JobFailure(msgspec.Struct, frozen=True, kw_only=True):
    """The error with which a job ended."""

    code: str
    message: str
    details: str | None = None
    stage: str | None = None
    violations: tuple[Violation, ...] = ()
    """Every broken rule, if the request was not valid."""


def recorded(error: BaseException) -> JobFailure:
    """Return the recorded form of an error; an unknown one is an `InternalError`.

    The message of an unknown error may contain secrets, so only its type is recorded.
    """
    if not isinstance(error, BachataError):
        return JobFailure(code=INTERNAL, message=str(InternalError()), details=type(error).__name__)
    return JobFailure(
        code=error.code,
        message=str(error),
        details=error.details,
        stage=error.stage,
        violations=error.violations if isinstance(error, InvalidRequest) else (),
    )


def raisable(failure: JobFailure) -> BachataError:
    """Return an error of the recorded type, with its message, details, stage and violations.

    An error of a later version of the program, whose code is unknown, is an `InternalError`.
    """
    kind = _kinds().get((failure.code, bool(failure.violations)), InternalError)
    # Subclasses compose their message from other arguments; it is composed already.
    error = kind.__new__(kind)
    BachataError.__init__(error, failure.message, details=failure.details)
    error.stage = failure.stage
    if isinstance(error, InvalidRequest):
        error.violations = failure.violations
    return error


@cache
def _kinds() -> dict[tuple[str, bool], type[BachataError]]:
    """Return the error types by code, and by having violations: one code may name two types."""
    kinds: dict[tuple[str, bool], type[BachataError]] = {}
    for kind in _tree(BachataError):
        kinds.setdefault((kind.code, issubclass(kind, InvalidRequest)), kind)
    return kinds


def _tree(kind: type[BachataError]) -> Iterator[type[BachataError]]:
    yield kind
    for each in kind.__subclasses__():
        yield from _tree(each)
