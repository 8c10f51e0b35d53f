"""The current span, and the spans within it."""

import asyncio
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Final

from application.operations.no_spans import NoSpans
from application.ports.spans import Span, SpanKind, Spans
from domain.shared.errors import BachataError


class _Open:
    """A span that is current, and those within it that end with it at the latest."""

    def __init__(self, span: Span) -> None:
        self.span = span
        self.inner: list[Span] = []


_CURRENT: Final = ContextVar[_Open | None]("current span", default=None)


class Tracing:
    """Starts spans that know their place: a span within another one belongs to its trace."""

    def __init__(self, spans: Spans) -> None:
        """Take the port."""
        self._spans = spans

    @contextmanager
    def span(self, name: str, kind: SpanKind, parent: str | None = None) -> Generator[Span]:
        """Make a span current during the context; an error that leaves it marks it as failed.

        ``parent`` is the W3C ``traceparent`` of a span of another process.
        """
        opened = _Open(self._spans.start(name, kind, parent=parent))
        before = _CURRENT.get()
        _CURRENT.set(opened)
        try:
            yield opened.span
        except BaseException as error:
            opened.span.fail(code_of(error))
            raise
        finally:
            _CURRENT.set(before)
            for each in opened.inner:
                each.end()
            opened.span.end()

    def past(self, name: str, began: datetime, parent: str | None) -> None:
        """Record a span that ends now, such as a wait."""
        self._spans.start(name, SpanKind.INTERNAL, parent=parent, began=began).end()

    def within(self, name: str) -> Span:
        """Start a span within the current one, with which it ends at the latest."""
        opened = _CURRENT.get()
        span = self._spans.start(name, SpanKind.INTERNAL, parent=traceparent())
        if opened is not None:
            opened.inner.append(span)
        return span


UNTRACED: Final = Tracing(NoSpans())
"""For a service without traces."""


def traceparent() -> str | None:
    """Return the current span as a parent of spans elsewhere; None without traces."""
    opened = _CURRENT.get()
    return opened.span.traceparent if opened else None


def trace_id(span: Span) -> dict[str, str]:
    """Return the id of the trace of a span, as a field of log lines; none without traces."""
    known = span.traceparent
    return {"trace_id": known.split("-")[1]} if known else {}


def code_of(error: BaseException) -> str:
    """Return the stable name of an error."""
    if isinstance(error, BachataError):
        return error.code
    return "cancelled" if isinstance(error, asyncio.CancelledError) else type(error).__name__
