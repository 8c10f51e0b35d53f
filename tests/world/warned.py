"""Warnings as their messages."""

import re
from collections.abc import Iterable

from domain.shared.result_warnings import ResultWarning


def messages(warnings: Iterable[ResultWarning]) -> tuple[str, ...]:
    """Return the messages of warnings."""
    return tuple(each.message for each in warnings)


def dropped(message: str) -> str:
    """Return the filter that a message says was dropped."""
    match_ = re.search(r"so (\w+)=\w+ was dropped", message)
    assert match_ is not None, message
    return match_[1]
