"""Port for the spans of traces."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class SpanKind(StrEnum):
    """The part that a span has in a trace."""

    SERVER = "server"
    """The answer to a request."""
    CONSUMER = "consumer"
    """The work of a job."""
    INTERNAL = "internal"


class Span(Protocol):
    """A piece of work with a beginning and an end. No method ever fails or waits."""

    @property
    def traceparent(self) -> str | None:
        """The span as a parent of others, as W3C Trace Context writes it; None without traces."""
        ...

    def rename(self, name: str) -> None:
        """Give the span a better name."""
        ...

    def describe(self, facts: Mapping[str, str | int | None]) -> None:
        """Add facts: ids, codes and numbers, no texts of users, no paths; None is no fact."""
        ...

    def fail(self, code: str) -> None:
        """Mark the work as failed."""
        ...

    def end(self) -> None:
        """End the span now; later calls change nothing."""
        ...


class Spans(Protocol):
    """Records spans, and hands them to a collector some time later."""

    def start(
        self,
        name: str,
        kind: SpanKind,
        *,
        parent: str | None = None,
        began: datetime | None = None,
    ) -> Span:
        """Start a span, at an earlier moment if ``began`` is one.

        ``parent`` is a `Span.traceparent`; without one, or with a malformed one, a trace begins.
        """
        ...
