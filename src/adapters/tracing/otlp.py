"""Spans by the OpenTelemetry SDK, sent to a collector by OTLP over HTTP."""

import logging
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from importlib.metadata import version
from typing import Final

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span as OpenTelemetrySpan
from opentelemetry.trace import SpanKind as OpenTelemetryKind
from opentelemetry.trace import Status, StatusCode, Tracer
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from application.concurrency.threads import Threads
from application.ports.spans import SpanKind
from domain.shared.errors import WaitedTooLong

NAME: Final = "bachata-buddy"
SENDING: Final = 5.0
"""Maximum seconds of an attempt to send spans; a thread of the SDK waits for it."""
CLOSING: Final = 2.0
"""Maximum seconds for sending the last spans when the process ends; then they are lost."""

_KINDS: Final = {
    SpanKind.SERVER: OpenTelemetryKind.SERVER,
    SpanKind.CONSUMER: OpenTelemetryKind.CONSUMER,
    SpanKind.INTERNAL: OpenTelemetryKind.INTERNAL,
}
_CONTEXT: Final = TraceContextTextMapPropagator()
_log = logging.getLogger("bachata.tracing")


class OtlpSpan:
    """A span of the SDK; what is described after its end is lost."""

    def __init__(self, span: OpenTelemetrySpan) -> None:
        self._span = span

    @property
    def traceparent(self) -> str | None:
        """See `application.ports.spans.Span`."""
        known = self._span.get_span_context()
        return f"00-{known.trace_id:032x}-{known.span_id:016x}-{known.trace_flags:02x}"

    def rename(self, name: str) -> None:
        """See `application.ports.spans.Span`."""
        self._span.update_name(name)

    def describe(self, facts: Mapping[str, str | int | None]) -> None:
        """See `application.ports.spans.Span`."""
        self._span.set_attributes({n: fact for n, fact in facts.items() if fact is not None})

    def fail(self, code: str) -> None:
        """See `application.ports.spans.Span`."""
        self._span.set_attribute("error.type", code)
        self._span.set_status(Status(StatusCode.ERROR))

    def end(self) -> None:
        """See `application.ports.spans.Span`."""
        if self._span.is_recording():
            self._span.end()


class OtlpSpans:
    """Hands spans to the SDK, which keeps up to 2048 and sends them every five seconds.

    It drops spans rather than wait, so a collector that is away delays nothing.
    """

    def __init__(self, tracer: Tracer) -> None:
        """Take the tracer of the SDK."""
        self._tracer = tracer

    def start(
        self,
        name: str,
        kind: SpanKind,
        *,
        parent: str | None = None,
        began: datetime | None = None,
    ) -> OtlpSpan:
        """See `application.ports.spans.Spans`."""
        now = time.time_ns()
        # The clock of the machine that recorded it may be ahead.
        since = now if began is None else min(now, int(began.timestamp() * 1e9))
        before = _CONTEXT.extract({"traceparent": parent or ""}, context=Context())
        span = self._tracer.start_span(name, before, _KINDS[kind], start_time=since)
        return OtlpSpan(span)


@asynccontextmanager
async def open_spans(endpoint: str) -> AsyncGenerator[OtlpSpans]:
    """Open the spans; on exit, try to send the last ones.

    The SDK reads the standard variables, such as `OTEL_EXPORTER_OTLP_HEADERS`,
    `OTEL_SERVICE_NAME` and `OTEL_TRACES_SAMPLER`.
    """
    provider = TracerProvider(resource=_resource(), shutdown_on_exit=False)
    address = f"{endpoint.rstrip('/')}/v1/traces"
    exporter = OTLPSpanExporter(endpoint=address, timeout=SENDING)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    try:
        yield OtlpSpans(provider.get_tracer(NAME))
    finally:
        await _close(provider)


async def _close(provider: TracerProvider) -> None:
    threads = Threads("sending the last spans", 1, limit=CLOSING, leaving=CLOSING)
    try:
        await threads.run(provider.shutdown)
    except WaitedTooLong:
        _log.warning("the last spans are lost, because the collector does not answer")


def _resource() -> Resource:
    """Return the name and the version of the service, as far as the environment has no others."""
    own = Resource({"service.name": NAME, "service.version": version(NAME)})
    environment = Resource.create()
    if str(environment.attributes.get("service.name", "")).startswith("unknown_service"):
        return environment.merge(own)
    return own.merge(environment)
