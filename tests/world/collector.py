"""A collector of OpenTelemetry traces on loopback, by OTLP over HTTP."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

LIMIT = 20.0
"""Seconds after which spans that have not come never will."""


@dataclass(frozen=True)
class Received:
    """A span as it has come."""

    name: str
    trace_id: str
    span_id: str
    parent_id: str
    began: int
    """Nanoseconds since 1970, as `ended`."""
    ended: int
    failed: bool
    facts: dict[str, Any]
    resource: dict[str, Any]


@dataclass
class Collector:
    """The spans that have come so far."""

    address: str = ""
    bodies: list[bytes] = field(default_factory=list[bytes])
    _come: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take the requests of one connection."""
        while head := await reader.readuntil(b"\r\n\r\n") if not reader.at_eof() else b"":
            length = next(
                int(line.partition(b":")[2])
                for line in head.lower().split(b"\r\n")
                if line.startswith(b"content-length")
            )
            body = await reader.readexactly(length)
            async with self._come:
                self.bodies.append(body)
                self._come.notify_all()
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            await writer.drain()

    async def until(self, *names: str) -> list[Received]:
        """Return all spans, once there is one of each of these names."""
        async with asyncio.timeout(LIMIT), self._come:
            await self._come.wait_for(lambda: set(names) <= {span.name for span in self.spans})
        return self.spans

    @property
    def spans(self) -> list[Received]:
        """The spans, in the order of their beginnings."""
        found: list[Received] = []
        for body in self.bodies:
            message: Any = ExportTraceServiceRequest.FromString(body)
            for one in message.resource_spans:
                resource = _facts(one.resource)
                found += [_span(span, resource) for each in one.scope_spans for span in each.spans]
        return sorted(found, key=lambda span: span.began)


def _span(span: Any, resource: dict[str, Any]) -> Received:
    return Received(
        name=span.name,
        trace_id=span.trace_id.hex(),
        span_id=span.span_id.hex(),
        parent_id=span.parent_span_id.hex(),
        began=span.start_time_unix_nano,
        ended=span.end_time_unix_nano,
        failed=span.status.code == span.status.STATUS_CODE_ERROR,
        facts=_facts(span),
        resource=resource,
    )


def _facts(message: Any) -> dict[str, Any]:
    return {
        each.key: getattr(each.value, each.value.WhichOneof("value")) for each in message.attributes
    }


@asynccontextmanager
async def collecting() -> AsyncGenerator[Collector]:
    """A collector that takes spans."""
    collector = Collector()

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await collector.take(reader, writer)
        except asyncio.IncompleteReadError:
            return
        finally:
            writer.close()

    server = await asyncio.start_server(take, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    collector.address = f"http://127.0.0.1:{port}"
    try:
        yield collector
    finally:
        server.close()
