"""The contract of all Spans, and the current span."""

import asyncio
import re
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta

import pytest

from adapters.memory.spans import MemorySpans
from adapters.tracing.otlp import open_spans
from application.operations.no_spans import NoSpans
from application.operations.tracing import UNTRACED, Tracing, trace_id, traceparent
from application.ports.spans import SpanKind, Spans
from domain.shared.errors import SongNotFound
from tests.world.collector import Collector, collecting

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

KNOWN = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
TRACE = KNOWN.split("-")[1]


@pytest.fixture
async def collector() -> AsyncGenerator[Collector]:
    async with collecting() as opened:
        yield opened


@pytest.fixture(params=["memory", "otlp", "off"])
async def spans(request: pytest.FixtureRequest, collector: Collector) -> AsyncGenerator[Spans]:
    if request.param == "otlp":
        async with open_spans(collector.address) as opened:
            yield opened
    else:
        yield MemorySpans() if request.param == "memory" else NoSpans()


async def test_a_span_names_itself_as_a_parent_of_others(spans: Spans) -> None:
    one, other = spans.start("one", SpanKind.SERVER), spans.start("other", SpanKind.INTERNAL)
    if isinstance(spans, NoSpans):
        assert one.traceparent is other.traceparent is None
        return
    assert re.fullmatch("00-[0-9a-f]{32}-[0-9a-f]{16}-0[0-3]", one.traceparent or "")
    assert trace_id(one) != trace_id(other)


async def test_a_span_belongs_to_the_trace_of_its_parent(spans: Spans) -> None:
    child = spans.start("child", SpanKind.CONSUMER, parent=KNOWN)
    if not isinstance(spans, NoSpans):
        assert trace_id(child) == {"trace_id": TRACE}
        assert child.traceparent != KNOWN


@pytest.mark.parametrize("parent", ["", "nonsense", "00-0-0-0", KNOWN.upper() + "x", "\x00é" * 99])
async def test_a_malformed_parent_is_none(spans: Spans, parent: str) -> None:
    child = spans.start("child", SpanKind.SERVER, parent=parent)
    if not isinstance(spans, NoSpans):
        assert trace_id(child)["trace_id"] != TRACE


async def test_what_follows_the_end_of_a_span_is_ignored(spans: Spans) -> None:
    span = spans.start("one", SpanKind.SERVER)
    for _ in range(2):
        span.end()
        span.rename("another")
        span.describe({"fact": 1, "nothing": None})
        span.fail("late")


async def test_what_is_described_is_sent(collector: Collector) -> None:
    now = datetime.now(UTC)
    async with open_spans(collector.address) as spans:
        span = spans.start("early", SpanKind.SERVER, began=now - timedelta(seconds=5))
        ahead = spans.start("ahead", SpanKind.INTERNAL, began=now + timedelta(hours=1))
        span.rename("renamed")
        span.describe({"text": "a", "number": 2, "nothing": None})
        span.fail("song-not-found")
        span.end()
        ahead.end()
    found = {each.name: each for each in await collector.until("renamed", "ahead")}
    assert found["renamed"].facts == {"text": "a", "number": 2, "error.type": "song-not-found"}
    assert found["renamed"].failed
    assert found["renamed"].ended - found["renamed"].began >= 5e9
    assert found["ahead"].began <= found["ahead"].ended
    assert not found["ahead"].failed
    assert found["ahead"].resource["service.name"] == "bachata-buddy"


async def test_the_environment_names_the_service(
    collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_SERVICE_NAME", "dance")
    async with open_spans(collector.address) as spans:
        spans.start("one", SpanKind.SERVER).end()
    [span] = await collector.until("one")
    assert span.resource["service.name"] == "dance"


async def test_a_span_within_another_ends_with_it_at_the_latest() -> None:
    spans = MemorySpans()
    tracing = Tracing(spans)
    with tracing.span("outer", SpanKind.SERVER, KNOWN) as outer:
        assert traceparent() == outer.traceparent
        tracing.within("inner")
    assert traceparent() is None
    first, second = spans.recorded
    assert (second.parent_id, second.trace_id) == (first.span_id, TRACE)
    assert first.ended
    assert second.ended


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (SongNotFound(), "song-not-found"),
        (ValueError("private"), "ValueError"),
        (asyncio.CancelledError(), "cancelled"),
    ],
)
async def test_an_error_fails_its_span_without_its_words(error: BaseException, code: str) -> None:
    spans = MemorySpans()
    with pytest.raises(type(error)), Tracing(spans).span("one", SpanKind.INTERNAL):
        raise error
    [span] = spans.recorded
    assert (span.code, span.facts) == (code, {})


async def test_tasks_of_one_request_share_its_span_and_others_have_none() -> None:
    tracing = Tracing(MemorySpans())
    before = asyncio.Event()

    async def ask() -> str | None:
        await before.wait()
        return traceparent()

    outside = asyncio.ensure_future(ask())
    with tracing.span("one", SpanKind.SERVER) as span:
        inside = asyncio.ensure_future(ask())
        before.set()
        assert await inside == span.traceparent
        assert await outside is None


async def test_without_traces_nothing_has_an_id() -> None:
    with UNTRACED.span("one", SpanKind.SERVER, KNOWN) as span:
        assert trace_id(span) == {}
        assert traceparent() is None
        UNTRACED.within("two").end()


async def test_a_collector_that_is_away_delays_nothing() -> None:
    """`open_spans` waits two seconds at its end, and the test's own limit is far above that."""
    async with asyncio.timeout(30), open_spans("http://127.0.0.1:9") as spans:
        for _ in range(5000):
            spans.start("one", SpanKind.INTERNAL).end()
