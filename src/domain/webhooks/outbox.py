"""The deliveries that the end of a job makes, and their messages."""

from collections.abc import Callable, Iterable
from datetime import datetime
from uuid import UUID

import msgspec

from domain.jobs.job import Job
from domain.shared.raw_json import Passed, passed
from domain.webhooks.delivery import Delivery, ordered_id
from domain.webhooks.webhook import Webhook, WebhookEvent, callbacks_id, event_of


class _Payload(msgspec.Struct, frozen=True, kw_only=True):
    """A message, as Standard Webhooks recommends it."""

    type: WebhookEvent
    timestamp: datetime
    data: msgspec.Raw
    metadata: Passed


def deliveries_of(
    job: Job, webhooks: Iterable[Webhook], at: datetime, random: Callable[[], int]
) -> tuple[Delivery, ...]:
    """Return new deliveries of the end of a job at time ``at``, one for each endpoint.

    ``webhooks`` are those of the job's owner; ``random`` returns random numbers of 128 bits.
    """
    event = event_of(job)
    if event is None:
        return ()

    def new(webhook_id: UUID, url: str) -> Delivery:
        return Delivery(
            id=ordered_id(at, random()),
            webhook_id=webhook_id,
            event=event,
            task_id=job.job_id,
            url=url,
            created_at=at,
            next_try_at=at,
        )

    listening = [each for each in webhooks if each.disabled_at is None]
    callbacks = callbacks_id(job.owner)
    called = job.callback_url if callbacks in {each.id for each in listening} else None
    return (
        *(() if called is None else (new(callbacks, called),)),
        *(new(each.id, each.url) for each in listening if each.url and event in each.events),
    )


def payload_of(job: Job, at: datetime, problem: Callable[[Job], str]) -> str:
    """Return the message about the end of a job as JSON.

    ``problem`` returns the problem document of a job that has failed or was cancelled.
    """
    event = event_of(job)
    if event is None:
        raise ValueError("a job that goes on has no message")
    data = job.result if job.result is not None else problem(job)
    payload = _Payload(
        type=event,
        timestamp=at,
        data=msgspec.Raw(data.encode()),
        metadata=passed(job.metadata),
    )
    return msgspec.json.encode(payload).decode()
