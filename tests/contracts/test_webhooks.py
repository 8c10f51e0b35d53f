"""The contract of every WebhookRepository and DeliveryRepository: memory and each real database."""

import asyncio
import json
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID, uuid4

import msgspec
import pytest

from adapters.database.deliveries import SqlDeliveryRepository, outbox
from adapters.database.engine import open_database
from adapters.database.jobs import SqlJobRepository
from adapters.database.webhooks import SqlWebhookRepository
from adapters.memory.jobs import MemoryJobRepository
from adapters.memory.tasks import MemoryTaskRepository
from adapters.memory.webhooks import MemoryDeliveryRepository, MemoryWebhookRepository
from application.ports.deliveries import ClaimedDelivery, DeliveryRepository
from application.ports.jobs import JobRepository, Submission
from application.ports.webhooks import WebhookRepository
from domain.jobs.errors import InternalError, LeaseLost
from domain.jobs.job import FILMS, Job, JobKind, JobState, Priority
from domain.jobs.outcome import JobFailure, recorded
from domain.webhooks.delivery import (
    INTERRUPTED,
    MOST_TRIES,
    PAUSES,
    SWITCHED_OFF,
    Delivery,
    DeliveryState,
    Receipt,
)
from domain.webhooks.errors import (
    DeliveryNotFound,
    TooManyWebhooks,
    WebhookNotFound,
    WebhookTaken,
)
from domain.webhooks.webhook import FAILING, MOST_WEBHOOKS, Webhook, WebhookEvent, callbacks_id

pytestmark = pytest.mark.anyio

ALL = tuple(WebhookEvent)
URL = "https://dance.example.org/films"
OTHER_URL = "https://other.example.org/?a=1"
HOUR = timedelta(hours=1)
DYING = "dying"
"""Code of a failure at whose record the process dies."""
ALREADY = timedelta(hours=-1)
"""One hour ahead: whatever was written is older."""
OK = Receipt(status=204)
WRONG = Receipt(status=500, failure="The answer is 500.")


class Stores(NamedTuple):
    jobs: JobRepository
    webhooks: WebhookRepository
    deliveries: DeliveryRepository

    async def added(
        self, url: str | None = URL, owner: str = "ana", events: tuple[WebhookEvent, ...] = ALL
    ) -> Webhook:
        webhook_id = uuid4() if url else callbacks_id(owner)
        return await self.webhooks.add(webhook_id, owner, url, events, "whsec_one")

    async def ended(self, owner: str = "ana", **fields: object) -> Job:
        """Submit, start and complete a job."""
        new = Job(
            job_id=uuid4(),
            kind=JobKind.GENERATE,
            owner=owner,
            created_at=datetime(2026, 1, 1, tzinfo=UTC),
        )
        job = msgspec.structs.replace(new, **fields)
        await self.jobs.submit(Submission(job=job, payload="{}"))
        await self.jobs.claim(job.job_id)
        return await self.jobs.update(job.job_id, 1, lambda each: each.completed('{"a":1.0}'))

    async def of(self, webhook: Webhook, owner: str = "ana") -> tuple[Delivery, ...]:
        return (await self.deliveries.page(webhook.id, owner, None, 50)).items

    async def claimed(self, lease: timedelta = HOUR) -> ClaimedDelivery:
        claimed = await self.deliveries.claim(lease)
        assert claimed is not None
        return claimed

    async def settled(
        self, claimed: ClaimedDelivery, receipt: Receipt, failing: timedelta = FAILING
    ) -> Delivery:
        after = await self.deliveries.settle(claimed, receipt, 0.0, failing)
        assert after is not None
        return after


class Lost(Exception):
    """The process has died before the end of the transaction."""


def problem(job: Job) -> str:
    if job.failure is not None and job.failure.code == DYING:
        raise Lost
    return json.dumps({"code": job.failure.code if job.failure else "job-cancelled"})


@pytest.fixture
async def stores(database_url: str | None) -> AsyncGenerator[Stores]:
    if database_url is None:
        webhooks = MemoryWebhookRepository()
        deliveries = MemoryDeliveryRepository(webhooks)
        tasks = MemoryTaskRepository()
        jobs = MemoryJobRepository(tasks, outbox=deliveries.outbox(problem))
        yield Stores(jobs, webhooks, deliveries)
        return
    async with open_database(database_url) as database:
        yield Stores(
            SqlJobRepository(database, outbox=outbox(problem)),
            SqlWebhookRepository(database),
            SqlDeliveryRepository(database),
        )


async def test_webhooks_are_listed_for_their_owner_without_secrets(stores: Stores) -> None:
    first = await stores.added()
    second = await stores.added(OTHER_URL, events=(WebhookEvent.CHOREOGRAPHY_FAILED,))
    await stores.added(owner="bruno")
    assert await stores.webhooks.of_owner("ana") == (first, second)
    assert await stores.webhooks.of_owner("carla") == ()
    assert "whsec" not in repr(first)


async def test_a_url_is_taken_once_by_an_owner(stores: Stores) -> None:
    rivals = await asyncio.gather(*(stores.added() for _ in range(6)), return_exceptions=True)
    assert sum(isinstance(each, Webhook) for each in rivals) == 1
    assert sum(isinstance(each, WebhookTaken) for each in rivals) == 5
    await stores.added(None)
    with pytest.raises(WebhookTaken):
        await stores.added(None)
    await stores.added(None, owner="bruno")


async def test_an_owner_has_so_many_webhooks_and_one_for_callbacks(stores: Stores) -> None:
    for number in range(MOST_WEBHOOKS):
        await stores.added(f"{URL}/{number}")
    with pytest.raises(TooManyWebhooks):
        await stores.added()
    assert await stores.added(None)
    assert await stores.added(owner="bruno")


async def test_what_is_another_s_is_not_found(stores: Stores) -> None:
    webhook, other = await stores.added(), await stores.added(OTHER_URL)
    await stores.ended()
    [delivery] = await stores.of(webhook)
    for webhook_id, owner in ((webhook.id, "bruno"), (UUID(int=1), "ana")):
        for call in (
            stores.webhooks.rotate(webhook_id, owner, "whsec_two", HOUR),
            stores.webhooks.remove(webhook_id, owner),
            stores.deliveries.page(webhook_id, owner, None, 5),
            stores.deliveries.again(delivery.id, webhook_id, owner),
        ):
            with pytest.raises(WebhookNotFound):
                await call
    for delivery_id, webhook_id in ((delivery.id, other.id), (UUID(int=1), webhook.id)):
        with pytest.raises(DeliveryNotFound):
            await stores.deliveries.again(delivery_id, webhook_id, "ana")


async def test_a_job_that_ends_is_told_to_the_webhooks_that_listen(stores: Stores) -> None:
    webhook = await stores.added()
    deaf = await stores.added(OTHER_URL, events=(WebhookEvent.CHOREOGRAPHY_FAILED,))
    await stores.added(owner="bruno")
    job = await stores.ended(metadata='{"b":1.0,"a":[]}')
    [delivery] = await stores.of(webhook)
    assert (delivery.event, delivery.task_id) == ("choreography.completed", job.job_id)
    assert (delivery.url, delivery.state, delivery.tries) == (URL, "waiting", 0)
    assert await stores.of(deaf) == ()
    payload = (await stores.claimed()).payload
    at = json.loads(payload)["timestamp"]
    assert payload == (
        f'{{"type":"choreography.completed","timestamp":"{at}",'
        '"data":{"a":1.0},"metadata":{"b":1.0,"a":[]}}'
    )
    assert datetime.fromisoformat(at).tzinfo is not None
    assert await stores.deliveries.claim(HOUR) is None


async def test_a_callback_is_told_whatever_its_webhook_is_told(stores: Stores) -> None:
    callbacks = await stores.added(None)
    await stores.ended(callback_url=OTHER_URL)
    await stores.ended()
    assert [each.url for each in await stores.of(callbacks)] == [OTHER_URL]


async def test_failures_and_cancellations_are_told_as_problems(stores: Stores) -> None:
    webhook = await stores.added()
    failed, cancelled = [
        Job(job_id=uuid4(), kind=kind, owner="ana", created_at=datetime(2026, 1, 1, tzinfo=UTC))
        for kind in (JobKind.ASSEMBLE, JobKind.GENERATE_FROM_TEXT)
    ]
    for job in (failed, cancelled):
        await stores.jobs.submit(Submission(job=job, payload="{}"))
    await stores.jobs.claim(failed.job_id)
    failure = recorded(InternalError())
    await stores.jobs.update(failed.job_id, 1, lambda each: each.failed(failure))
    await stores.jobs.request_cancel(cancelled.job_id)
    await stores.jobs.request_cancel(cancelled.job_id)
    told = {each.task_id: each.event for each in await stores.of(webhook)}
    assert told == {
        failed.job_id: "choreography.failed",
        cancelled.job_id: "choreography.cancelled",
    }
    data = [json.loads((await stores.claimed()).payload)["data"] for _ in told]
    assert sorted(each["code"] for each in data) == ["internal-error", "job-cancelled"]


async def test_a_job_that_goes_on_or_whose_lease_is_lost_tells_nobody(stores: Stores) -> None:
    webhook = await stores.added()
    job = await stores.ended()
    with pytest.raises(LeaseLost):
        await stores.jobs.update(job.job_id, 1, lambda each: each.completed("2"))
    new = msgspec.structs.replace(
        job, job_id=uuid4(), state=JobState.QUEUED, attempt=0, result=None
    )
    await stores.jobs.submit(Submission(job=new, payload="{}"))
    await stores.jobs.claim(new.job_id)
    await stores.jobs.update(new.job_id, 1, Job.queued_again)
    assert [each.task_id for each in await stores.of(webhook)] == [job.job_id]


async def test_an_end_and_its_deliveries_are_recorded_together_or_not_at_all(
    stores: Stores,
) -> None:
    webhook = await stores.added()
    new = Job(
        job_id=uuid4(),
        kind=JobKind.GENERATE,
        owner="ana",
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    await stores.jobs.submit(Submission(job=new, payload="{}"))
    await stores.jobs.claim(new.job_id)
    with pytest.raises(Lost):
        failure = JobFailure(code=DYING, message="It died.")
        await stores.jobs.update(new.job_id, 1, lambda each: each.failed(failure))
    assert (await stores.jobs.get(new.job_id)).state is JobState.RUNNING
    assert await stores.of(webhook) == ()
    await stores.jobs.update(new.job_id, 1, lambda each: each.completed("1"))
    assert len(await stores.of(webhook)) == 1


async def test_work_on_the_library_is_told_to_nobody(stores: Stores) -> None:
    webhook = await stores.added()
    for kind in set(JobKind) - FILMS:
        await stores.ended(kind=kind, priority=Priority.BACKGROUND, wanted=True)
    assert await stores.of(webhook) == ()


async def test_of_many_claims_each_delivery_goes_to_one(stores: Stores) -> None:
    await stores.added()
    for _ in range(3):
        await stores.ended()
    claims = await asyncio.gather(*(stores.deliveries.claim(HOUR) for _ in range(9)))
    ids = [each.delivery.id for each in claims if each]
    assert len(ids) == len(set(ids)) == 3


async def test_a_lease_that_passes_lets_another_try_and_fences_the_first(stores: Stores) -> None:
    webhook = await stores.added()
    await stores.ended()
    first = await stores.claimed(lease=ALREADY)
    second = await stores.claimed()
    assert second.delivery.id == first.delivery.id
    assert (second.payload, second.delivery.tries) == (first.payload, 2)
    assert await stores.deliveries.settle(first, OK, 0.0, FAILING) is None
    [delivery] = await stores.of(webhook)
    assert delivery.state is DeliveryState.WAITING
    assert (await stores.settled(second, OK)).state is DeliveryState.DELIVERED


async def test_a_delivery_that_kills_its_process_each_time_fails(stores: Stores) -> None:
    webhook = await stores.added()
    await stores.ended()
    for _ in range(MOST_TRIES):
        await stores.claimed(lease=ALREADY)
    assert await stores.deliveries.claim(HOUR) is None
    [delivery] = await stores.of(webhook)
    assert (delivery.state, delivery.failure) == (DeliveryState.FAILED, INTERRUPTED)


async def test_a_failed_try_is_repeated_later_and_the_webhook_says_so(stores: Stores) -> None:
    webhook = await stores.added()
    await stores.ended()
    after = await stores.settled(await stores.claimed(), WRONG)
    assert after.tried_at is not None
    assert after.next_try_at is not None
    assert after.next_try_at >= after.tried_at + PAUSES[0]
    assert (after.status, after.failure) == (500, "The answer is 500.")
    assert await stores.of(webhook) == (after,)
    assert await stores.deliveries.claim(HOUR) is None
    [failing] = await stores.webhooks.of_owner("ana")
    assert failing.failing_since is not None
    assert failing.disabled_at is None


async def test_a_success_clears_the_failures(stores: Stores) -> None:
    webhook = await stores.added()
    await stores.ended()
    await stores.settled(await stores.claimed(), WRONG)
    [delivery] = await stores.of(webhook)
    await stores.deliveries.again(delivery.id, webhook.id, "ana")
    after = await stores.settled(await stores.claimed(), OK)
    assert (after.state, after.failure, after.next_try_at) == (DeliveryState.DELIVERED, None, None)
    assert await stores.webhooks.of_owner("ana") == (webhook,)


async def test_an_endpoint_that_fails_for_long_is_switched_off_until_it_succeeds(
    stores: Stores,
) -> None:
    webhook = await stores.added()
    await stores.ended()
    await stores.ended()
    first = await stores.settled(await stores.claimed(), WRONG, failing=timedelta())
    [off] = await stores.webhooks.of_owner("ana")
    assert off.disabled_at is not None
    assert off.disabled_reason is not None
    assert "The answer is 500." in off.disabled_reason
    assert (first.state, first.failure) == (DeliveryState.FAILED, "The answer is 500.")
    told = {each.id: each.failure for each in await stores.of(webhook)}
    assert sorted(str(each) for each in told.values()) == [WRONG.failure, SWITCHED_OFF]
    await stores.ended()
    assert len(await stores.of(webhook)) == 2
    assert await stores.deliveries.claim(HOUR) is None

    await stores.deliveries.again(first.id, webhook.id, "ana")
    again = await stores.settled(await stores.claimed(), WRONG)
    assert again.state is DeliveryState.FAILED
    await stores.deliveries.again(first.id, webhook.id, "ana")
    await stores.settled(await stores.claimed(), OK)
    assert await stores.webhooks.of_owner("ana") == (webhook,)


async def test_callbacks_are_never_switched_off(stores: Stores) -> None:
    callbacks = await stores.added(None)
    await stores.ended(callback_url=OTHER_URL)
    await stores.settled(await stores.claimed(), WRONG, failing=timedelta())
    assert await stores.webhooks.of_owner("ana") == (callbacks,)


async def test_a_delivery_is_sent_again_with_the_same_id_and_message(stores: Stores) -> None:
    webhook = await stores.added()
    await stores.ended()
    first = await stores.claimed()
    await stores.settled(first, OK)
    again = await stores.deliveries.again(first.delivery.id, webhook.id, "ana")
    assert (again.state, again.tries) == (DeliveryState.WAITING, 0)
    second = await stores.claimed()
    assert (second.delivery.id, second.payload) == (first.delivery.id, first.payload)


async def test_a_delivery_that_is_being_sent_is_not_sent_twice(stores: Stores) -> None:
    webhook = await stores.added()
    await stores.ended()
    claimed = await stores.claimed()
    again = await stores.deliveries.again(claimed.delivery.id, webhook.id, "ana")
    assert again == claimed.delivery
    assert await stores.deliveries.claim(HOUR) is None
    assert (await stores.settled(claimed, OK)).state is DeliveryState.DELIVERED


async def test_a_rotated_secret_signs_beside_the_one_before_for_a_while(stores: Stores) -> None:
    webhook = await stores.added()
    await stores.ended()
    rotated = await stores.webhooks.rotate(webhook.id, "ana", "whsec_two", HOUR)
    assert rotated.previous_secret_until is not None
    assert (await stores.claimed(lease=ALREADY)).secrets == ("whsec_two", "whsec_one")
    await stores.webhooks.rotate(webhook.id, "ana", "whsec_three", ALREADY)
    assert (await stores.claimed()).secrets == ("whsec_three",)


async def test_a_removed_webhook_takes_its_deliveries_along(stores: Stores) -> None:
    webhook, other = await stores.added(), await stores.added(OTHER_URL)
    await stores.ended()
    claimed = await stores.claimed()
    for each in (webhook, other):
        await stores.webhooks.remove(each.id, "ana")
    assert await stores.deliveries.claim(HOUR) is None
    assert await stores.deliveries.settle(claimed, OK, 0.0, FAILING) is None
    await stores.added()
    await stores.ended()
    assert await stores.claimed()


async def test_pages_are_newest_first_and_complete(stores: Stores) -> None:
    webhook = await stores.added()
    for _ in range(5):
        await stores.ended()
    whole = [each.id for each in await stores.of(webhook)]
    assert whole == sorted(whole, reverse=True)
    found: list[UUID] = []
    after: UUID | None = None
    while True:
        page = await stores.deliveries.page(webhook.id, "ana", after, 2)
        found += [each.id for each in page.items]
        if page.last is None:
            break
        after = UUID(page.last)
    assert found == whole


async def test_old_deliveries_are_purged_unless_they_wait(stores: Stores) -> None:
    webhook = await stores.added()
    await stores.ended()
    await stores.settled(await stores.claimed(), OK)
    await stores.ended()
    assert await stores.deliveries.purge(HOUR) == 0
    assert await stores.deliveries.purge(ALREADY) == 1
    [waiting] = await stores.of(webhook)
    assert waiting.state is DeliveryState.WAITING
