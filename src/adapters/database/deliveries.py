"""Store the deliveries of webhooks as rows."""

import secrets
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, Select, and_, delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.engine import Database
from adapters.database.moments import Ago, Now, utc
from adapters.database.webhooks import DeliveryRow, WebhookRow, of_owner, webhook_of
from application.ports.deliveries import ClaimedDelivery
from application.ports.pagination import Page
from domain.jobs.job import ENDED, Job
from domain.webhooks.delivery import SWITCHED_OFF, Delivery, DeliveryState, Receipt
from domain.webhooks.errors import DeliveryNotFound, WebhookNotFound
from domain.webhooks.outbox import deliveries_of, payload_of
from domain.webhooks.webhook import Webhook, WebhookEvent

Outbox = Callable[[AsyncConnection, Job], Awaitable[None]]
"""Records the deliveries of a job that has ended when the given transaction commits."""

_UNLEASED: Final = or_(DeliveryRow.leased_until.is_(None), DeliveryRow.leased_until <= Now())
_DUE: Final = and_(
    DeliveryRow.state == DeliveryState.WAITING.value,
    DeliveryRow.next_try_at <= Now(),
    _UNLEASED,
)


class SqlDeliveryRepository:
    """Each call is one short transaction; those that change a webhook lock its row first."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(
        self, webhook_id: UUID, owner: str, after: UUID | None, most: int
    ) -> Page[Delivery]:
        """See `application.ports.deliveries.DeliveryRepository`."""
        query = select(DeliveryRow.__table__).where(DeliveryRow.webhook_id == webhook_id)
        if after is not None:
            query = query.where(DeliveryRow.id < after)
        query = query.order_by(DeliveryRow.id.desc()).limit(most + 1)
        if not await self._database.read(_owned(webhook_id, owner)):
            raise WebhookNotFound
        found = [_delivery(row) for row in await self._database.read(query)]
        last = str(found[most - 1].id) if len(found) > most else None
        return Page(items=tuple(found[:most]), last=last)

    async def claim(self, lease: timedelta) -> ClaimedDelivery | None:
        """See `application.ports.deliveries.DeliveryRepository`."""
        query = select(DeliveryRow.id).where(_DUE).order_by(DeliveryRow.next_try_at).limit(1)
        # Reading first spares an idle process the lock of the writer.
        while rows := await self._database.read(query):
            delivery_id: UUID = rows[0].id

            async def work(
                connection: AsyncConnection, delivery_id: UUID = delivery_id
            ) -> ClaimedDelivery | None:
                return await _claimed(connection, delivery_id, lease)

            # Another process has claimed it, or it was given up, if this one fails.
            if (claimed := await self._database.transact(work, durable=False)) is not None:
                return claimed
        return None

    async def settle(
        self, claimed: ClaimedDelivery, receipt: Receipt, spread: float, failing: timedelta
    ) -> Delivery | None:
        """See `application.ports.deliveries.DeliveryRepository`."""

        async def work(connection: AsyncConnection) -> Delivery | None:
            webhook_id = claimed.delivery.webhook_id
            locked = select(WebhookRow.__table__).where(WebhookRow.id == webhook_id)
            held = (await connection.execute(locked.with_for_update())).one_or_none()
            found = await _read(connection, claimed.delivery.id)
            if held is None or found is None or found.version != claimed.claim:
                return None
            before, now = webhook_of(held), utc(found.now)
            after = _delivery(found).settled(receipt, now, spread)
            webhook = before.succeeded()
            if not receipt.is_success:
                webhook = before.failed(now, receipt.failure or "", failing)
            if webhook.disabled_at is not None and after.state is DeliveryState.WAITING:
                after = after.given_up(receipt.failure or SWITCHED_OFF)
            await _write(connection, after, found.version)
            if webhook != before:
                await _change_webhook(connection, webhook)
            if webhook.disabled_at is not None and before.disabled_at is None:
                await _give_up(connection, webhook_id)
            return after

        return await self._database.transact(work)

    async def again(self, delivery_id: UUID, webhook_id: UUID, owner: str) -> Delivery:
        """See `application.ports.deliveries.DeliveryRepository`."""

        async def work(connection: AsyncConnection) -> Delivery | None:
            if (await connection.execute(_owned(webhook_id, owner))).one_or_none() is None:
                raise WebhookNotFound
            row = await _read(connection, delivery_id)
            if row is None or row.webhook_id != webhook_id:
                raise DeliveryNotFound
            if row.leased_until is not None and utc(row.leased_until) > utc(row.now):
                return _delivery(row)
            after = _delivery(row).again(utc(row.now))
            return after if await _write(connection, after, row.version) else None

        # Another process has claimed it whenever this one fails, so the loop ends.
        while True:
            if (after := await self._database.transact(work)) is not None:
                return after

    async def purge(self, older: timedelta) -> int:
        """See `application.ports.deliveries.DeliveryRepository`."""
        ended = DeliveryRow.state != DeliveryState.WAITING.value
        return await self._database.write(
            delete(DeliveryRow).where(ended, DeliveryRow.changed_at < Ago(older))
        )


def outbox(problem: Callable[[Job], str]) -> Outbox:
    """Return the function that records deliveries in the transaction in which a job ends.

    ``problem`` returns the problem document of a job that has failed or was cancelled.
    """

    async def record(connection: AsyncConnection, job: Job) -> None:
        if job.state not in ENDED:
            return
        listening = of_owner(job.owner).where(WebhookRow.disabled_at.is_(None))
        rows = (await connection.execute(listening.add_columns(Now().label("now")))).all()
        if not rows:
            return
        now = utc(rows[0].now)
        new = deliveries_of(job, map(webhook_of, rows), now, lambda: secrets.randbits(128))
        if new:
            payload = payload_of(job, now, problem)
            more = {"payload": payload, "version": 0, "changed_at": now}
            values = [{**_columns(each), **more} for each in new]
            await connection.execute(insert(DeliveryRow), values)

    return record


async def _claimed(
    connection: AsyncConnection, delivery_id: UUID, lease: timedelta
) -> ClaimedDelivery | None:
    row = await _read(connection, delivery_id)
    if row is None or not row.is_due:
        return None
    webhook = select(WebhookRow.secret, WebhookRow.previous_secret, WebhookRow.previous_until)
    found = (await connection.execute(webhook.where(WebhookRow.id == row.webhook_id))).one_or_none()
    if found is None:
        # A job has ended while its webhook was removed.
        await connection.execute(delete(DeliveryRow).where(DeliveryRow.id == delivery_id))
        return None
    now = utc(row.now)
    after = _delivery(row).tried(now)
    leased = now + lease if after.state is DeliveryState.WAITING else None
    if not await _write(connection, after, row.version, leased) or leased is None:
        return None
    overlaps = found.previous_until is not None and utc(found.previous_until) > now
    return ClaimedDelivery(
        delivery=after,
        payload=row.payload,
        secrets=(found.secret, found.previous_secret) if overlaps else (found.secret,),
        claim=row.version + 1,
    )


def _owned(webhook_id: UUID, owner: str) -> Select[Any]:
    return select(WebhookRow.id).where(WebhookRow.id == webhook_id, WebhookRow.owner == owner)


async def _read(connection: AsyncConnection, delivery_id: UUID) -> Row[Any] | None:
    query = select(DeliveryRow.__table__, Now().label("now"), _DUE.label("is_due"))
    return (await connection.execute(query.where(DeliveryRow.id == delivery_id))).one_or_none()


async def _write(
    connection: AsyncConnection,
    delivery: Delivery,
    version: int,
    leased_until: datetime | None = None,
) -> bool:
    """Replace a delivery and its lease; return False if another process has changed it."""
    same = (DeliveryRow.id == delivery.id, DeliveryRow.version == version)
    values = {**_columns(delivery), "version": version + 1, "leased_until": leased_until}
    written = update(DeliveryRow).where(*same).values(**values)
    return bool((await connection.execute(written)).rowcount)


async def _change_webhook(connection: AsyncConnection, webhook: Webhook) -> None:
    await connection.execute(
        update(WebhookRow)
        .where(WebhookRow.id == webhook.id)
        .values(
            failing_since=webhook.failing_since,
            disabled_at=webhook.disabled_at,
            disabled_reason=webhook.disabled_reason,
        )
    )


async def _give_up(connection: AsyncConnection, webhook_id: UUID) -> None:
    """Give up the deliveries that wait for an endpoint that was switched off."""
    of_webhook = (DeliveryRow.webhook_id == webhook_id, _UNLEASED)
    waiting = DeliveryRow.state == DeliveryState.WAITING.value
    values = {
        "state": DeliveryState.FAILED.value,
        "failure": SWITCHED_OFF,
        "next_try_at": None,
        "version": DeliveryRow.version + 1,
        "changed_at": Now(),
    }
    await connection.execute(update(DeliveryRow).where(*of_webhook, waiting).values(values))


def _columns(delivery: Delivery) -> dict[str, Any]:
    return {
        "id": delivery.id,
        "webhook_id": delivery.webhook_id,
        "event": delivery.event.value,
        "task_id": delivery.task_id,
        "url": delivery.url,
        "state": delivery.state.value,
        "tries": delivery.tries,
        "created_at": delivery.created_at,
        "changed_at": Now(),
        "tried_at": delivery.tried_at,
        "next_try_at": delivery.next_try_at,
        "status": delivery.status,
        "failure": delivery.failure,
    }


def _delivery(row: Row[Any]) -> Delivery:
    return Delivery(
        id=row.id,
        webhook_id=row.webhook_id,
        event=WebhookEvent(row.event),
        task_id=row.task_id,
        url=row.url,
        created_at=utc(row.created_at),
        state=DeliveryState(row.state),
        tries=row.tries,
        tried_at=row.tried_at and utc(row.tried_at),
        next_try_at=row.next_try_at and utc(row.next_try_at),
        status=row.status,
        failure=row.failure,
    )
