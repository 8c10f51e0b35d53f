"""Warnings as their messages."""

import re
from collections.abc import Iterable

from domain.shared.result_warnings import ResultWarning


def messages(warnings: Iterable[ResultWarning]) -> tuple[str, ...]:
    """Return the messages of warnings."""
    return tuple(each.message for each in warnings)


def dropped(message: str) -> str:
    """Return the filter that a message says was dropped."""
    found = re.search(r"so (\w+)=\w+ was dropped", message)
    assert found is not None, message
    return found[1]
