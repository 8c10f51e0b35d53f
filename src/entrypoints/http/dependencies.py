"""Provide the use cases as parameters of route handlers."""

from collections.abc import Iterable
from dataclasses import fields
from operator import attrgetter
from typing import Any, TypeAlias, TypeVar

from litestar import Controller, Router
from litestar.datastructures import State
from litestar.di import NamedDependency, Provide
from litestar.handlers import BaseRouteHandler
from litestar.params import SkipValidation

from entrypoints.http.callers import account, caller_id
from entrypoints.use_cases import UseCases

T = TypeVar("T")

Wired: TypeAlias = NamedDependency[SkipValidation[T]]
"""The use case of this parameter's name in `UseCases`; it may be wrapped, so its class is not
checked.
"""


Route: TypeAlias = type[Controller] | BaseRouteHandler


def with_dependencies(routes: Iterable[Route]) -> list[type[Controller] | Router]:
    """Return the routes, each with providers for those parameters of its handlers that
    `dependencies` names.

    Litestar examines every provider for every handler that may use it, so a start with all
    providers for all handlers would take half as long again.
    """
    providers = dependencies()
    provided: list[type[Controller] | Router] = []
    for route in routes:
        own = {name: providers[name] for name in _parameters(route) & providers.keys()}
        if isinstance(route, BaseRouteHandler):
            provided.append(Router("/", route_handlers=[route], dependencies=own))
        else:
            provided.append(type(route.__name__, (route,), {"dependencies": own}))
    return provided


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


def _parameters(route: Route) -> set[str]:
    """Return the names of all parameters of the handlers of a route."""
    handlers = [route] if isinstance(route, BaseRouteHandler) else vars(route).values()
    return {
        name
        for handler in handlers
        if isinstance(handler, BaseRouteHandler)
        for name in handler.fn.__annotations__
    }


def _provided(name: str) -> Provide:
    get = attrgetter(name)

    def use_case(state: State) -> Any:  # noqa: ANN401 - whichever use case was asked for
        return get(state.use_cases)

    return Provide(use_case, sync_to_thread=False)
