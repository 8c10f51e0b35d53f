"""Spans that nobody records."""

from collections.abc import Mapping
from datetime import datetime

from application.ports.spans import SpanKind


class NoSpan:
    """A span that nobody records."""

    traceparent = None

    def rename(self, name: str) -> None:
        """See `application.ports.spans.Span`."""

    def describe(self, facts: Mapping[str, str | int | None]) -> None:
        """See `application.ports.spans.Span`."""

    def fail(self, code: str) -> None:
        """See `application.ports.spans.Span`."""

    def end(self) -> None:
        """See `application.ports.spans.Span`."""


_NOTHING = NoSpan()


class NoSpans:
    """Records nothing."""

    def start(
        self,
        name: str,
        kind: SpanKind,
        *,
        parent: str | None = None,
        began: datetime | None = None,
    ) -> NoSpan:
        """See `application.ports.spans.Spans`."""
        return _NOTHING
