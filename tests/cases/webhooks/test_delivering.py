"""The loop that delivers: nobody waits for a slow endpoint, and one process at a time tries."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.memory.clock import MemoryClock
from adapters.memory.jobs import MemoryJobRepository
from adapters.memory.tasks import MemoryTaskRepository
from adapters.memory.webhook_sender import MemoryWebhookSender
from adapters.memory.webhooks import MemoryDeliveryRepository, MemoryWebhookRepository
from application.ports.deliveries import ClaimedDelivery
from application.ports.jobs import Submission
from application.ports.webhook_sender import WebhookMessage
from application.webhooks.deliver_webhooks import LEASE, RETENTION, DeliverWebhooks
from domain.jobs.job import Job, JobKind
from domain.shared.errors import NotReady
from domain.webhooks.delivery import MOST_TRIES, Delivery, DeliveryState, Receipt
from domain.webhooks.webhook import FAILING, WebhookEvent

pytestmark = pytest.mark.anyio

PATIENCE = 20.0
OK, WRONG = Receipt(status=204), Receipt(status=500, failure="The answer is 500.")


@dataclass
class Service:
    """The stores of a service, with one webhook for each of its URLs."""

    clock: MemoryClock = field(default_factory=MemoryClock)

    def __post_init__(self) -> None:
        self.webhooks = MemoryWebhookRepository(self.clock)
        self.deliveries = MemoryDeliveryRepository(self.webhooks)
        outbox = self.deliveries.outbox(lambda _: "{}")
        self.jobs = MemoryJobRepository(MemoryTaskRepository(), self.clock, outbox)

    async def add(self, *urls: str) -> None:
        for url in urls:
            await self.webhooks.add(uuid4(), "ana", url, tuple(WebhookEvent), "whsec_one")

    async def end_a_job(self) -> None:
        now = datetime(2026, 1, 1, tzinfo=UTC)
        job = Job(job_id=uuid4(), kind=JobKind.GENERATE, owner="ana", created_at=now)
        await self.jobs.submit(Submission(job=job, payload="{}"))
        await self.jobs.request_cancel(job.job_id)

    async def all(self) -> list[Delivery]:
        pages = [
            await self.deliveries.page(each.id, "ana", None, 100)
            for each in self.webhooks.of("ana")
        ]
        return [delivery for page in pages for delivery in page.items]


class HeldSender(MemoryWebhookSender):
    """A sender whose endpoints answer when a test lets them."""

    def __init__(self, *held: str) -> None:
        super().__init__()
        self._held = {url: asyncio.Event() for url in held}
        self.came = asyncio.Semaphore(0)

    def let_go(self, url: str) -> None:
        self._held[url].set()

    async def send(self, url: str, message: WebhookMessage, at: datetime) -> Receipt:
        receipt = await super().send(url, message, at)
        self.came.release()
        if url in self._held:
            await self._held[url].wait()
        return receipt


@asynccontextmanager
async def delivering(service: Service, sender: Any, **more: Any) -> AsyncGenerator[DeliverWebhooks]:
    deliver = DeliverWebhooks(service.deliveries, sender, service.clock, **more)
    working = asyncio.ensure_future(deliver())
    try:
        async with asyncio.timeout(PATIENCE):
            yield deliver
    finally:
        working.cancel()
        await asyncio.wait({working}, timeout=PATIENCE)
        assert working.cancelled()


SLOW, QUICK = "https://slow.example.org/", "https://quick.example.org/"


async def test_a_slow_endpoint_holds_nobody_up() -> None:
    service, sender = Service(), HeldSender(SLOW)
    await service.add(SLOW, QUICK)
    async with delivering(service, sender, look=60) as deliver:
        for number in range(1, 4):
            await service.end_a_job()
            deliver.look_now()
            for _ in range(2):
                await sender.came.acquire()
            assert sum(each.url == QUICK for each in sender.sent) == number


async def test_no_more_are_sent_at_once_than_is_allowed() -> None:
    service, sender = Service(), HeldSender(SLOW)
    await service.add(SLOW)
    for _ in range(5):
        await service.end_a_job()
    async with delivering(service, sender, look=60, at_once=2):
        await sender.came.acquire()
        await sender.came.acquire()
        assert len(sender.sent) == 2
        sender.let_go(SLOW)
        for _ in range(3):
            await sender.came.acquire()
    assert len({each.message.id for each in sender.sent}) == 5


async def test_a_message_that_is_being_sent_when_the_process_stops_may_arrive() -> None:
    service, sender = Service(), HeldSender(SLOW)
    await service.add(SLOW)
    await service.end_a_job()
    deliver = DeliverWebhooks(service.deliveries, sender, service.clock)
    working = asyncio.ensure_future(deliver())
    await sender.came.acquire()
    working.cancel()
    sender.let_go(SLOW)
    await asyncio.wait({working}, timeout=PATIENCE)
    assert working.cancelled()
    assert [each.state for each in await service.all()] == [DeliveryState.DELIVERED]


async def test_a_database_that_was_away_stops_nothing() -> None:
    service, sender = Service(), HeldSender()
    await service.add(QUICK)
    failures = [NotReady(), NotReady()]

    class Away:
        def __getattr__(self, name: str) -> Callable[..., Any]:
            if failures:
                raise failures.pop()
            return getattr(service.deliveries, name)

    service_away: Any = Away()
    deliver = DeliverWebhooks(service_away, sender, service.clock, look=0.01)
    working = asyncio.ensure_future(deliver())
    await service.end_a_job()
    async with asyncio.timeout(PATIENCE):
        await sender.came.acquire()
    working.cancel()
    await asyncio.wait({working}, timeout=PATIENCE)
    assert not failures


async def test_deliveries_are_kept_as_long_as_jobs() -> None:
    service = Service()
    await service.add(QUICK)
    await service.end_a_job()
    deliver = DeliverWebhooks(service.deliveries, MemoryWebhookSender(), service.clock)
    assert await deliver.deliver_one()
    assert not await deliver.deliver_one()
    service.clock.advance(RETENTION - timedelta(hours=1))
    await service.deliveries.purge(RETENTION)
    assert len(await service.all()) == 1
    service.clock.advance(timedelta(hours=2))
    await service.deliveries.purge(RETENTION)
    assert await service.all() == []


steps = st.lists(
    st.tuples(
        st.sampled_from(["claim", "ok", "wrong", "die", "wait", "long", "again"]),
        st.integers(min_value=0, max_value=2),
    ),
    max_size=60,
)


@settings(max_examples=200, deadline=None)
@given(steps)
def test_processes_that_die_and_come_back_never_try_one_delivery_at_once(
    taken: list[tuple[str, int]],
) -> None:
    asyncio.run(_tried(taken))


async def _tried(taken: list[tuple[str, int]]) -> None:
    """Let three processes claim, answer, die, and come back late."""
    service = Service()
    await service.add(QUICK, SLOW)
    await service.end_a_job()
    held: dict[int, tuple[ClaimedDelivery, datetime]] = {}
    latest: dict[UUID, int] = {}
    sent: set[tuple[UUID, str]] = set()
    for step, process in taken:
        now = service.clock.now()
        if step == "claim" and process not in held:
            claimed = await service.deliveries.claim(LEASE)
            if claimed is None:
                continue
            own = claimed.delivery.id
            for other, until in held.values():
                assert other.delivery.id != own or until <= service.clock.now()
            held[process] = (claimed, service.clock.now() + LEASE)
            latest[own] = claimed.claim
            sent.add((own, claimed.payload))
        elif step in ("ok", "wrong") and process in held:
            claimed, _ = held.pop(process)
            receipt = OK if step == "ok" else WRONG
            after = await service.deliveries.settle(claimed, receipt, 0.0, FAILING)
            assert after is None or latest[claimed.delivery.id] == claimed.claim
        elif step == "die":
            held.pop(process, None)
        elif step == "again":
            delivery = (await service.all())[process % 2]
            before = {each.delivery.id for each, until in held.values() if until > now}
            after = await service.deliveries.again(delivery.id, delivery.webhook_id, "ana")
            assert delivery.id not in before or after.tries == delivery.tries
        elif step in ("wait", "long"):
            service.clock.advance(timedelta(seconds=20) if step == "wait" else timedelta(hours=8))
        for each in await service.all():
            assert each.tries <= MOST_TRIES
            assert (each.next_try_at is None) == (each.state is not DeliveryState.WAITING)
    assert len(sent) == len({delivery_id for delivery_id, _ in sent})
