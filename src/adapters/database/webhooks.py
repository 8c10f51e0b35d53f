"""Store webhooks as rows."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    DateTime,
    Index,
    Row,
    Select,
    String,
    Text,
    UniqueConstraint,
    Uuid,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import Mapped, mapped_column

from adapters.database.engine import Database
from adapters.database.moments import Ago, Now, utc
from adapters.database.tables import Id, Table
from domain.webhooks.errors import TooManyWebhooks, WebhookNotFound, WebhookTaken
from domain.webhooks.webhook import MOST_WEBHOOKS, Webhook, WebhookEvent


class WebhookRow(Table):
    """One webhook; all times are UTC, by the database's clock."""

    __tablename__ = "webhook"
    __table_args__ = (UniqueConstraint("owner", "url", name="uq_webhook_owner_url"),)

    id: Mapped[UUID] = mapped_column(Uuid(), primary_key=True)
    owner: Mapped[str] = mapped_column(Id)
    url: Mapped[str | None]
    """None for the one that stands for the callback URLs of its owner."""
    events: Mapped[str]
    """Separated by spaces."""
    secret: Mapped[str]
    previous_secret: Mapped[str | None]
    previous_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    failing_since: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    disabled_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    disabled_reason: Mapped[str | None]


class DeliveryRow(Table):
    """One delivery of an event; each change increments ``version``."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        Index("ix_webhook_delivery_state_next_try_at", "state", "next_try_at"),
        Index("ix_webhook_delivery_webhook_id_id", "webhook_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(Uuid(), primary_key=True)
    webhook_id: Mapped[UUID] = mapped_column(Uuid())
    version: Mapped[int]
    event: Mapped[str] = mapped_column(String(64))
    task_id: Mapped[UUID] = mapped_column(Uuid())
    url: Mapped[str]
    state: Mapped[str] = mapped_column(String(16))
    tries: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    """UTC, by the database's clock, as the other times."""
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    tried_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    next_try_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    leased_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    """Time until which the process that sends it has it for itself."""
    status: Mapped[int | None]
    failure: Mapped[str | None]
    payload: Mapped[str] = mapped_column(Text())
    """The message as JSON."""


class SqlWebhookRepository:
    """Each call is one short transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(
        self,
        webhook_id: UUID,
        owner: str,
        url: str | None,
        events: tuple[WebhookEvent, ...],
        secret: str,
    ) -> Webhook:
        """See `application.ports.webhooks.WebhookRepository`."""
        row = insert(WebhookRow).values(
            id=webhook_id,
            owner=owner,
            url=url,
            events=" ".join(events),
            secret=secret,
            created_at=Now(),
        )

        async def work(connection: AsyncConnection) -> Webhook:
            there = await _all(connection, of_owner(owner))
            if any(each.id == webhook_id or (url and each.url == url) for each in there):
                raise WebhookTaken
            if url and sum(each.url is not None for each in there) >= MOST_WEBHOOKS:
                raise TooManyWebhooks
            await connection.execute(row)
            return (await _all(connection, _of_id(webhook_id)))[0]

        try:
            return await self._database.transact(work)
        except IntegrityError:
            raise WebhookTaken from None

    async def of_owner(self, owner: str) -> tuple[Webhook, ...]:
        """See `application.ports.webhooks.WebhookRepository`."""
        return tuple(map(webhook_of, await self._database.read(of_owner(owner))))

    async def rotate(
        self, webhook_id: UUID, owner: str, secret: str, overlap: timedelta
    ) -> Webhook:
        """See `application.ports.webhooks.WebhookRepository`."""
        rotated = (
            update(WebhookRow)
            .where(WebhookRow.id == webhook_id, WebhookRow.owner == owner)
            .values(previous_secret=WebhookRow.secret, previous_until=Ago(-overlap), secret=secret)
        )

        async def work(connection: AsyncConnection) -> Webhook:
            if not (await connection.execute(rotated)).rowcount:
                raise WebhookNotFound
            return (await _all(connection, _of_id(webhook_id)))[0]

        return await self._database.transact(work)

    async def remove(self, webhook_id: UUID, owner: str) -> None:
        """See `application.ports.webhooks.WebhookRepository`."""

        async def work(connection: AsyncConnection) -> None:
            row = delete(WebhookRow).where(WebhookRow.id == webhook_id, WebhookRow.owner == owner)
            if not (await connection.execute(row)).rowcount:
                raise WebhookNotFound
            await connection.execute(
                delete(DeliveryRow).where(DeliveryRow.webhook_id == webhook_id)
            )

        await self._database.transact(work)


def of_owner(owner: str) -> Select[Any]:
    """Return the query of a user's webhooks, the oldest first."""
    query = select(WebhookRow.__table__).where(WebhookRow.owner == owner)
    return query.order_by(WebhookRow.created_at, WebhookRow.id)


def webhook_of(row: Row[Any]) -> Webhook:
    """Return the webhook of a row."""
    return Webhook(
        id=row.id,
        url=row.url,
        events=tuple(map(WebhookEvent, row.events.split())),
        created_at=utc(row.created_at),
        previous_secret_until=row.previous_until and utc(row.previous_until),
        failing_since=row.failing_since and utc(row.failing_since),
        disabled_at=row.disabled_at and utc(row.disabled_at),
        disabled_reason=row.disabled_reason,
    )


def _of_id(webhook_id: UUID) -> Select[Any]:
    return select(WebhookRow.__table__).where(WebhookRow.id == webhook_id)


async def _all(connection: AsyncConnection, query: Select[Any]) -> tuple[Webhook, ...]:
    return tuple(map(webhook_of, (await connection.execute(query)).all()))
