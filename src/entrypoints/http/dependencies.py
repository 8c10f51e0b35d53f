"""Provide the use cases as parameters of route handlers."""

from dataclasses import fields
from operator import attrgetter
from typing import Any, TypeAlias, TypeVar

from litestar.datastructures import State
from litestar.di import NamedDependency, Provide
from litestar.params import SkipValidation

from entrypoints.http.callers import account, caller_id
from entrypoints.use_cases import UseCases

T = TypeVar("T")

Wired: TypeAlias = NamedDependency[SkipValidation[T]]
"""The use case of this parameter's name in `UseCases`; it may be wrapped, so its class is not
checked.
"""


def dependencies() -> dict[str, Provide]:
    """Return a provider for every use case by name, for ``caller``, the id of the user who sends
    the request, and for ``account``, the whole `Caller`.
    """
    use_cases = {field.name: _provided(field.name) for field in fields(UseCases)}
    return {
        **use_cases,
        "caller": Provide(caller_id, sync_to_thread=False),
        "account": Provide(account, sync_to_thread=False),
    }


def _provided(name: str) -> Provide:
    get = attrgetter(name)

    def use_case(state: State) -> Any:  # noqa: ANN401 - whichever use case was asked for
        return get(state.use_cases)

    return Provide(use_case, sync_to_thread=False)
