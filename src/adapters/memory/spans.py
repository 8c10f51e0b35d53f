"""Spans in a list."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from secrets import token_hex
from typing import Final

from application.ports.spans import SpanKind

_PARENT: Final = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}")


@dataclass
class MemorySpan:
    """A recorded span."""

    name: str
    kind: SpanKind
    trace_id: str
    span_id: str
    parent_id: str | None
    began: datetime
    ended: datetime | None = None
    facts: dict[str, str | int] = field(default_factory=dict[str, str | int])
    code: str | None = None

    @property
    def traceparent(self) -> str | None:
        """See `application.ports.spans.Span`."""
        return f"00-{self.trace_id}-{self.span_id}-01"

    def rename(self, name: str) -> None:
        """See `application.ports.spans.Span`."""
        if self.ended is None:
            self.name = name

    def describe(self, facts: Mapping[str, str | int | None]) -> None:
        """See `application.ports.spans.Span`."""
        if self.ended is None:
            self.facts |= {name: fact for name, fact in facts.items() if fact is not None}

    def fail(self, code: str) -> None:
        """See `application.ports.spans.Span`."""
        if self.ended is None:
            self.code = code

    def end(self) -> None:
        """See `application.ports.spans.Span`."""
        self.ended = self.ended or datetime.now(UTC)


class MemorySpans:
    """Keeps every span, in the order of their beginnings."""

    def __init__(self) -> None:
        self.recorded: list[MemorySpan] = []

    def start(
        self,
        name: str,
        kind: SpanKind,
        *,
        parent: str | None = None,
        began: datetime | None = None,
    ) -> MemorySpan:
        """See `application.ports.spans.Spans`."""
        ids = _PARENT.fullmatch(parent or "")
        now = datetime.now(UTC)
        span = MemorySpan(
            name=name,
            kind=kind,
            trace_id=ids[1] if ids else token_hex(16),
            span_id=token_hex(8),
            parent_id=ids[2] if ids else None,
            began=min(began or now, now),
        )
        self.recorded.append(span)
        return span
