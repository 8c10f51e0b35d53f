"""Choose the adapters by which the service is observed: traces and figures."""

from contextlib import AsyncExitStack

from application.operations.extras import require_extra
from application.operations.no_spans import NoSpans
from application.ports.metrics import Metrics
from application.ports.spans import Spans
from entrypoints.settings import Settings


async def open_spans_of(settings: Settings, stack: AsyncExitStack) -> Spans:
    """Open the spans until ``stack`` closes; raises `ExtraMissing`."""
    if not settings.otel_endpoint:
        return NoSpans()
    require_extra("otel", "OTEL_EXPORTER_OTLP_ENDPOINT")
    # Only services with traces pay for this import.
    from adapters.tracing.otlp import open_spans

    return await stack.enter_async_context(open_spans(settings.otel_endpoint))


def server_metrics() -> Metrics:
    """Return figures for the page of a server; each has its own."""
    # Commands do not pay for this import, which takes 50 ms.
    from adapters.metrics.prometheus import PrometheusMetrics

    return PrometheusMetrics()
