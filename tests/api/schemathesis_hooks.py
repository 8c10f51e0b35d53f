"""Schemathesis learns what no schema can say: files that are media, and rules of the product."""

import json
from collections.abc import Callable
from typing import Any, Final, cast

import schemathesis
from schemathesis.openapi.checks import RejectedPositiveData

from adapters.memory import encoder

_UPLOADS: Final = {
    "/api/moves": encoder.clip("danced", 240, 30).decode(),
    "/api/songs": encoder.song(32).decode(),
}
"""Files in memory are JSON."""
_BY_RULES: Final = (
    *("unaccepted-media", "unreadable-media", "no-beat-heard", "clip-too-short"),
    "idempotency-key-reused",
)
"""Codes of refusals for the contents of a file, or for a request before this one."""
_hook = cast(Callable[[Callable[..., Any]], Any], vars(schemathesis)["hook"])
"""Registers a function by its name; its own type hints are incomplete."""


@_hook
def map_body(context: Any, body: Any) -> Any:
    """Give half of the uploads a file that the service takes."""
    media = _UPLOADS.get(context.operation.path) if context.operation else None
    match body:
        case {"file": str(brought)} if media is not None and len(brought) % 2 == 0:
            return {**body, "file": media}
        case _:
            return body


@_hook
def filter_failure(context: Any, failure: Any, case: Any, response: Any) -> bool:
    """Drop the failure of a refusal that names no fault of shape.

    A request that the schema allows may still break a rule of the product; its shape is right.
    """
    if not isinstance(failure, RejectedPositiveData) or response.status_code not in (400, 415, 422):
        return True
    problem = json.loads(response.content)
    if problem["code"] in _BY_RULES:
        return False
    details = cast(list[dict[str, str]] | str | None, problem["details"])
    return not isinstance(details, list) or any(each["concern"] == "shape" for each in details)
