"""Measure the attempts of jobs."""

import asyncio
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager

from application.monitoring.catalogue import JOB_SECONDS
from application.ports.metrics import Metrics
from domain.shared.errors import BachataError, Broken


@contextmanager
def measured_work(
    metrics: Metrics, kind: str, now: Callable[[], float] = time.monotonic
) -> Generator[None]:
    """Measure an attempt of a job of a kind, with its outcome.

    The outcome is `completed`, `cancelled`, `refused` for a fault of the request, or `failed`.
    """
    began, outcome = now(), "completed"
    try:
        yield
    except BaseException as error:
        outcome = outcome_of(error)
        raise
    finally:
        metrics.observe(JOB_SECONDS, now() - began, kind, outcome)


def outcome_of(error: BaseException) -> str:
    """Return `cancelled`, `refused` or `failed`."""
    if isinstance(error, asyncio.CancelledError):
        return "cancelled"
    refused = isinstance(error, BachataError) and not isinstance(error, Broken)
    return "refused" if refused else "failed"
