"""Webhooks and their deliveries in memory."""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from anyio.lowlevel import checkpoint

from adapters.memory.clock import MemoryClock
from application.ports.clock import Clock
from application.ports.deliveries import ClaimedDelivery
from application.ports.pagination import Page
from domain.jobs.job import ENDED, Job
from domain.webhooks.delivery import SWITCHED_OFF, Delivery, DeliveryState, Receipt
from domain.webhooks.errors import (
    DeliveryNotFound,
    TooManyWebhooks,
    WebhookNotFound,
    WebhookTaken,
)
from domain.webhooks.outbox import deliveries_of, payload_of
from domain.webhooks.webhook import MOST_WEBHOOKS, Webhook, WebhookEvent


class _Entry:
    """A webhook with its owner and its secrets."""

    def __init__(self, webhook: Webhook, owner: str, secret: str) -> None:
        self.webhook = webhook
        self.owner = owner
        self.secrets: tuple[str, ...] = (secret,)


class _Kept:
    """A delivery with its message and its lease."""

    def __init__(self, delivery: Delivery, payload: str) -> None:
        self.delivery = delivery
        self.payload = payload
        self.claims = 0
        self.leased_until: datetime | None = None
        self.changed = delivery.created_at


class MemoryWebhookRepository:
    """Stores webhooks as long as the process runs."""

    def __init__(self, clock: Clock | None = None) -> None:
        """Take the repository's own clock."""
        self.clock = clock or MemoryClock()
        self.entries: dict[UUID, _Entry] = {}
        self.kept: dict[UUID, _Kept] = {}

    async def add(
        self,
        webhook_id: UUID,
        owner: str,
        url: str | None,
        events: tuple[WebhookEvent, ...],
        secret: str,
    ) -> Webhook:
        """See `application.ports.webhooks.WebhookRepository`."""
        await checkpoint()
        there = self.of(owner)
        if webhook_id in self.entries or any(url and each.url == url for each in there):
            raise WebhookTaken
        if url and sum(each.url is not None for each in there) >= MOST_WEBHOOKS:
            raise TooManyWebhooks
        webhook = Webhook(id=webhook_id, url=url, events=events, created_at=self.clock.now())
        self.entries[webhook_id] = _Entry(webhook, owner, secret)
        return webhook

    async def of_owner(self, owner: str) -> tuple[Webhook, ...]:
        """See `application.ports.webhooks.WebhookRepository`."""
        await checkpoint()
        return self.of(owner)

    async def rotate(
        self, webhook_id: UUID, owner: str, secret: str, overlap: timedelta
    ) -> Webhook:
        """See `application.ports.webhooks.WebhookRepository`."""
        await checkpoint()
        entry = self.owned(webhook_id, owner)
        entry.secrets = (secret, entry.secrets[0])
        until = self.clock.now() + overlap
        entry.webhook = msgspec.structs.replace(entry.webhook, previous_secret_until=until)
        return entry.webhook

    async def remove(self, webhook_id: UUID, owner: str) -> None:
        """See `application.ports.webhooks.WebhookRepository`."""
        await checkpoint()
        self.owned(webhook_id, owner)
        del self.entries[webhook_id]
        gone = [x for x, kept in self.kept.items() if kept.delivery.webhook_id == webhook_id]
        for each in gone:
            del self.kept[each]

    def of(self, owner: str) -> tuple[Webhook, ...]:
        """Return the webhooks of a user, the oldest first."""
        return tuple(each.webhook for each in self.entries.values() if each.owner == owner)

    def owned(self, webhook_id: UUID, owner: str) -> _Entry:
        """Return a webhook of a user; raises `WebhookNotFound`."""
        entry = self.entries.get(webhook_id)
        if entry is None or entry.owner != owner:
            raise WebhookNotFound
        return entry


class MemoryDeliveryRepository:
    """Stores deliveries as long as the process runs, beside the webhooks that they belong to."""

    def __init__(self, webhooks: MemoryWebhookRepository) -> None:
        """Take the webhooks; their clock is that of the deliveries."""
        self._webhooks = webhooks
        self._kept = webhooks.kept
        self._clock = webhooks.clock

    def outbox(self, problem: Callable[[Job], str]) -> Callable[[Job], None]:
        """Return the function that records the deliveries of a job that has ended.

        ``problem`` returns the problem document of a job that has failed or was cancelled.
        """

        def record(job: Job) -> None:
            if job.state not in ENDED:
                return
            now = self._clock.now()
            listening = self._webhooks.of(job.owner)
            new = deliveries_of(job, listening, now, lambda: secrets.randbits(128))
            if new:
                payload = payload_of(job, now, problem)
                self._kept.update({each.id: _Kept(each, payload) for each in new})

        return record

    async def page(
        self, webhook_id: UUID, owner: str, after: UUID | None, most: int
    ) -> Page[Delivery]:
        """See `application.ports.deliveries.DeliveryRepository`."""
        await checkpoint()
        self._webhooks.owned(webhook_id, owner)
        deliveries = sorted(
            (
                kept.delivery
                for kept in self._kept.values()
                if kept.delivery.webhook_id == webhook_id
                and (after is None or kept.delivery.id < after)
            ),
            key=lambda each: each.id,
            reverse=True,
        )
        last = str(deliveries[most - 1].id) if len(deliveries) > most else None
        return Page(items=tuple(deliveries[:most]), last=last)

    async def claim(self, lease: timedelta) -> ClaimedDelivery | None:
        """See `application.ports.deliveries.DeliveryRepository`."""
        await checkpoint()
        now = self._clock.now()
        while due := [kept for kept in self._kept.values() if _is_due(kept, now)]:
            first = min(due, key=lambda kept: kept.delivery.next_try_at or now)
            first.delivery = first.delivery.tried(now)
            first.claims, first.changed = first.claims + 1, now
            if first.delivery.state is not DeliveryState.WAITING:
                continue
            first.leased_until = now + lease
            entry = self._webhooks.entries[first.delivery.webhook_id]
            until = entry.webhook.previous_secret_until
            return ClaimedDelivery(
                delivery=first.delivery,
                payload=first.payload,
                secrets=entry.secrets if until is not None and until > now else entry.secrets[:1],
                claim=first.claims,
            )
        return None

    async def settle(
        self, claimed: ClaimedDelivery, receipt: Receipt, spread: float, failing: timedelta
    ) -> Delivery | None:
        """See `application.ports.deliveries.DeliveryRepository`."""
        await checkpoint()
        kept = self._kept.get(claimed.delivery.id)
        if kept is None or kept.claims != claimed.claim:
            return None
        now, entry = self._clock.now(), self._webhooks.entries[claimed.delivery.webhook_id]
        before, after = entry.webhook, kept.delivery.settled(receipt, now, spread)
        entry.webhook = (
            before.succeeded()
            if receipt.is_success
            else before.failed(now, receipt.failure or "", failing)
        )
        is_off = entry.webhook.disabled_at is not None
        if is_off and after.state is DeliveryState.WAITING:
            after = after.given_up(receipt.failure or SWITCHED_OFF)
        kept.delivery, kept.leased_until, kept.changed = after, None, now
        if is_off and before.disabled_at is None:
            self._give_up(before.id, now)
        return after

    async def again(self, delivery_id: UUID, webhook_id: UUID, owner: str) -> Delivery:
        """See `application.ports.deliveries.DeliveryRepository`."""
        await checkpoint()
        self._webhooks.owned(webhook_id, owner)
        kept = self._kept.get(delivery_id)
        if kept is None or kept.delivery.webhook_id != webhook_id:
            raise DeliveryNotFound
        now = self._clock.now()
        if kept.leased_until is None or kept.leased_until <= now:
            kept.delivery, kept.leased_until, kept.changed = kept.delivery.again(now), None, now
            kept.claims += 1
        return kept.delivery

    async def purge(self, older: timedelta) -> int:
        """See `application.ports.deliveries.DeliveryRepository`."""
        await checkpoint()
        since = self._clock.now() - older
        gone = [
            delivery_id
            for delivery_id, kept in self._kept.items()
            if kept.delivery.state is not DeliveryState.WAITING and kept.changed < since
        ]
        for each in gone:
            del self._kept[each]
        return len(gone)

    def _give_up(self, webhook_id: UUID, now: datetime) -> None:
        for kept in self._kept.values():
            waits = kept.delivery.state is DeliveryState.WAITING
            leased = kept.leased_until is not None and kept.leased_until > now
            if kept.delivery.webhook_id == webhook_id and waits and not leased:
                kept.delivery, kept.changed = kept.delivery.given_up(SWITCHED_OFF), now
                kept.claims += 1


def _is_due(kept: _Kept, now: datetime) -> bool:
    due = kept.delivery.next_try_at
    return (
        kept.delivery.state is DeliveryState.WAITING
        and due is not None
        and due <= now
        and (kept.leased_until is None or kept.leased_until <= now)
    )
