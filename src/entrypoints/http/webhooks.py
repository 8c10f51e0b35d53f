"""Routes for webhooks: endpoints that are told when work ends."""

from functools import partial
from typing import Final
from uuid import UUID

import msgspec
from litestar import Controller, Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from application.webhooks.manage_deliveries import ListDeliveries, RetryDelivery
from application.webhooks.manage_webhooks import (
    AddWebhook,
    IssuedWebhook,
    ListWebhooks,
    RemoveWebhook,
    RotateWebhookSecret,
    WebhookRequest,
)
from domain.shared.errors import InvalidRequest
from domain.shared.violations import Violation
from domain.webhooks.delivery import Delivery
from domain.webhooks.webhook import Webhook
from entrypoints.cursors import after, cursor_of
from entrypoints.http.dependencies import Wired
from entrypoints.http.pagination import Cursor, Limit
from entrypoints.http.problems import documented
from entrypoints.http.request_bodies import JsonRequest, Unread, read_body

_STORED: Final = "no-store"
"""Cache-Control of answers with secrets."""


class WebhookList(msgspec.Struct, frozen=True, kw_only=True):
    """The webhooks of a user."""

    items: tuple[Webhook, ...]


class DeliveryPage(msgspec.Struct, frozen=True, kw_only=True):
    """A page of deliveries, the newest first."""

    items: tuple[Delivery, ...]
    next_cursor: str | None
    """Cursor of the next page; null on the last page."""


class UnreadWebhook(Unread):
    """A body that should describe a new webhook."""

    kind = WebhookRequest

    async def webhook(self) -> WebhookRequest:
        """Return the request; raises `InvalidRequest` with every violation."""
        return await self._read(partial(read_body, kind=WebhookRequest))


class WebhookController(Controller):
    """Routes below `/api/webhooks`."""

    path = "/api/webhooks"
    tags = ("webhooks",)

    @post(
        "/",
        operation_id="addWebhook",
        request_class=JsonRequest,
        response_description="The webhook, with its secret",
        responses=documented(400, 408, 409, 413, 415, 500, 503),
    )
    async def add(
        self,
        data: JSONBody[UnreadWebhook],
        add_webhook: Wired[AddWebhook],
        caller: NamedDependency[str],
    ) -> Response[IssuedWebhook]:
        """Add a webhook; the answer is the only one that shows its secret."""
        return _secret(await add_webhook(await data.webhook(), caller))

    @get(
        "/",
        operation_id="listWebhooks",
        response_description="The webhooks, the oldest first",
        responses=documented(500, 503),
    )
    async def webhooks(
        self, list_webhooks: Wired[ListWebhooks], caller: NamedDependency[str]
    ) -> WebhookList:
        """List the caller's webhooks, without their secrets."""
        return WebhookList(items=await list_webhooks(caller))

    @delete(
        "/{webhook_id:uuid}",
        operation_id="removeWebhook",
        response_description="The webhook is removed, with its deliveries",
        responses=documented(404, 500, 503),
    )
    async def remove(
        self,
        webhook_id: FromPath[UUID],
        remove_webhook: Wired[RemoveWebhook],
        caller: NamedDependency[str],
    ) -> None:
        """Remove a webhook; messages that are not delivered yet are dropped."""
        await remove_webhook(webhook_id, caller)

    @post(
        "/{webhook_id:uuid}/rotate",
        operation_id="rotateWebhookSecret",
        status_code=200,
        response_description="The webhook, with its new secret",
        responses=documented(404, 500, 503),
    )
    async def rotate(
        self,
        webhook_id: FromPath[UUID],
        rotate_webhook_secret: Wired[RotateWebhookSecret],
        caller: NamedDependency[str],
    ) -> Response[IssuedWebhook]:
        """Replace the secret of a webhook; the one before signs, too, for a day."""
        return _secret(await rotate_webhook_secret(webhook_id, caller))

    @get(
        "/{webhook_id:uuid}/deliveries",
        operation_id="listDeliveries",
        response_description="A page of deliveries, the newest first",
        responses=documented(400, 404, 500, 503),
    )
    async def deliveries(
        self,
        webhook_id: FromPath[UUID],
        list_deliveries: Wired[ListDeliveries],
        caller: NamedDependency[str],
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> DeliveryPage:
        """List the deliveries of a webhook of the last 7 days."""
        page = await list_deliveries(webhook_id, caller, _after(cursor), limit)
        return DeliveryPage(items=page.items, next_cursor=cursor_of(page.last))

    @post(
        "/{webhook_id:uuid}/deliveries/{delivery_id:uuid}/retry",
        operation_id="retryDelivery",
        status_code=200,
        response_description="The delivery, which is sent at once",
        responses=documented(404, 500, 503),
    )
    async def retry(
        self,
        webhook_id: FromPath[UUID],
        delivery_id: FromPath[UUID],
        retry_delivery: Wired[RetryDelivery],
        caller: NamedDependency[str],
    ) -> Delivery:
        """Send a delivery again, with the same id, also one that has arrived."""
        return await retry_delivery(delivery_id, webhook_id, caller)


def _after(cursor: str | None) -> UUID | None:
    last = after(cursor)
    if last is None:
        return None
    try:
        return UUID(last)
    except ValueError:
        message = "This is not a cursor; use `next_cursor` of the previous page."
        raise InvalidRequest((Violation(path="cursor", message=message),)) from None


def _secret(body: IssuedWebhook) -> Response[IssuedWebhook]:
    return Response(body, headers={"Cache-Control": _STORED})
