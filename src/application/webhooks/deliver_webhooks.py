"""Deliver the messages of webhooks."""

import asyncio
import logging
import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from application.concurrency.retries import pause
from application.concurrency.timeouts import LEAVING, ended, stopped
from application.monitoring.catalogue import DELETED_RECORDS, DELIVERIES
from application.monitoring.no_metrics import NO_METRICS
from application.ports.clock import Clock
from application.ports.deliveries import ClaimedDelivery, DeliveryRepository
from application.ports.metrics import Metrics
from application.ports.webhook_sender import WebhookMessage, WebhookSender
from domain.shared.errors import BachataError
from domain.webhooks.delivery import Delivery, DeliveryState
from domain.webhooks.webhook import FAILING

LEASE: Final = timedelta(seconds=30)
"""Time after which another process may try a delivery again; a try takes up to 10 s."""
LOOK: Final = 1.0
"""Seconds between two looks for deliveries that are due, or that another process recorded."""
AT_ONCE: Final = 16
"""Maximum number of messages that one process sends at once."""
RETENTION: Final = timedelta(days=7)
"""Time for which ended deliveries are kept, as are jobs."""
_PURGE: Final = 3600.0
"""Seconds between two deletions of old deliveries."""
_PARTING: Final = 1.0
"""Seconds that messages, which are being sent when the process stops, have to arrive."""

_log = logging.getLogger("bachata.webhooks")


def _spread() -> float:
    return random.uniform(-1, 1)  # noqa: S311 - no secret


class DeliverWebhooks:
    """Sends the messages that are due, until it is cancelled; any number of processes may."""

    def __init__(
        self,
        deliveries: DeliveryRepository,
        sender: WebhookSender,
        clock: Clock,
        *,
        spread: Callable[[], float] = _spread,
        look: float = LOOK,
        at_once: int = AT_ONCE,
        metrics: Metrics = NO_METRICS,
    ) -> None:
        """Take the ports. ``spread`` returns random numbers from -1 to 1."""
        self._deliveries = deliveries
        self._sender = sender
        self._clock = clock
        self._spread = spread
        self._look = look
        self._at_once = at_once
        self._metrics = metrics
        self._due = asyncio.Event()

    def look_now(self) -> None:
        """Look for deliveries at once: one has just been recorded in this process."""
        self._due.set()

    async def __call__(self) -> None:
        """Deliver; an unavailable database is tried again, with pauses."""
        sending: set[asyncio.Task[None]] = set()
        failures, purged = 0, float("-inf")
        now = asyncio.get_running_loop().time
        try:
            while True:
                try:
                    if now() >= purged + _PURGE:
                        count = await self._deliveries.purge(RETENTION)
                        self._metrics.add(DELETED_RECORDS, "deliveries", amount=count)
                        purged = now()
                    await self._begin(sending)
                    failures = 0
                except BachataError as error:
                    failures += 1
                    _log.warning("webhooks are not delivered: %s", error)
                seconds = self._look + (pause(failures) if failures else 0)
                sending = await self._waited(sending, seconds)
        finally:
            await _parted(sending)

    async def deliver_one(self) -> bool:
        """Try the delivery that is due longest, and wait for its end; False if none is due."""
        claimed = await self._deliveries.claim(LEASE)
        if claimed is None:
            return False
        await self._deliver(claimed)
        return True

    async def _begin(self, sending: "set[asyncio.Task[None]]") -> None:
        """Start to send messages that are due, while there is room among those ``sending``."""
        while len(sending) < self._at_once:
            claimed = await self._deliveries.claim(LEASE)
            if claimed is None:
                return
            sending.add(asyncio.create_task(self._logged(claimed)))

    async def _waited(
        self, sending: "set[asyncio.Task[None]]", seconds: float
    ) -> "set[asyncio.Task[None]]":
        """Wait until a message was sent or recorded, or some seconds; return those that go on."""
        due = asyncio.ensure_future(self._due.wait())
        try:
            await asyncio.wait(
                {due, *sending}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            due.cancel()
            await stopped(due, "a new delivery", LEAVING)
        self._due.clear()
        return {each for each in sending if not each.done()}

    async def _logged(self, claimed: ClaimedDelivery) -> None:
        try:
            await self._deliver(claimed)
        except BachataError as error:
            # It is sent again when its lease has passed; the receiver knows it by its id.
            _log.warning("the result of a delivery is not recorded: %s", error)
        except Exception:
            _log.exception("a delivery failed")

    async def _deliver(self, claimed: ClaimedDelivery) -> None:
        before = claimed.delivery
        message = WebhookMessage(id=str(before.id), body=claimed.payload, secrets=claimed.secrets)
        receipt = await self._sender.send(before.url, message, self._clock.now())
        after = await self._deliveries.settle(claimed, receipt, self._spread(), FAILING)
        facts: dict[str, Any] = {
            "delivery_id": str(before.id),
            "task_id": str(before.task_id),
            "tries": before.tries,
            "status": receipt.status,
        }
        self._metrics.add(DELIVERIES, _outcome(after))
        if after is None:
            _log.info("a delivery was taken over, or its webhook was removed", extra=facts)
        elif after.state is DeliveryState.DELIVERED:
            _log.info("a webhook was delivered", extra=facts)
        else:
            _log.warning("a webhook was not delivered: %s", after.failure, extra=facts)


def _outcome(after: Delivery | None) -> str:
    """Return `delivered`, `failed`, or `taken_over`, also for a webhook that was removed."""
    if after is None:
        return "taken_over"
    return "delivered" if after.state is DeliveryState.DELIVERED else "failed"


async def _parted(sending: "set[asyncio.Task[None]]") -> None:
    """Give the last messages a moment, and end them then."""
    if not sending:
        return
    together = asyncio.gather(*sending, return_exceptions=True)
    await asyncio.wait({together}, timeout=_PARTING)
    together.cancel()
    await ended(together, "the messages of webhooks", LEAVING)
