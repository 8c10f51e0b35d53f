"""The number of examples of property tests, if it is set."""

import os
from collections.abc import Callable
from typing import Any
from unittest import TestCase

from hypothesis import settings

_OWN = "_hypothesis_internal_use_settings"


def asked_for() -> int | None:
    """The number in `BACHATA_TEST_EXAMPLES`, if there is one."""
    told = os.environ.get("BACHATA_TEST_EXAMPLES")
    return int(told) if told else None


def try_as_many(test: Callable[..., Any], number: int) -> None:
    """Let a test try that many examples, whatever it says itself; others are left alone."""
    machine = getattr(test, "__self__", None)
    if isinstance(machine, TestCase):
        kind: Any = type(machine)
        kind.settings = settings(kind.settings, max_examples=number)
        return
    # Hypothesis has no public way to change this after a test was made; `test_examples` holds it.
    bare = getattr(test, "__func__", test)
    own = vars(bare).get(_OWN) if hasattr(bare, "__dict__") else None
    if isinstance(own, settings):
        setattr(bare, _OWN, settings(own, max_examples=number))
