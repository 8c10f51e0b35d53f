"""The rules of webhooks: tries over a day, endpoints that are switched off, and messages."""

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from application.jobs.request_options import metadata_in
from domain.jobs.job import ENDED, Job, JobKind, JobState
from domain.webhooks.delivery import (
    MOST_TRIES,
    PAUSES,
    SPREAD,
    Delivery,
    DeliveryState,
    Receipt,
    ordered_id,
)
from domain.webhooks.outbox import deliveries_of, payload_of
from domain.webhooks.webhook import FAILING, Webhook, WebhookEvent, callbacks_id, event_of

NOW = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
OK, WRONG = Receipt(status=200), Receipt(status=500, failure="The answer is 500.")

spreads = st.floats(min_value=-1, max_value=1)
jsons = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(alphabet=st.characters(codec="utf-8")),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=10,
)


def delivery() -> Delivery:
    return Delivery(
        id=uuid4(),
        webhook_id=uuid4(),
        event=WebhookEvent.CHOREOGRAPHY_COMPLETED,
        task_id=uuid4(),
        url="https://dance.example.org/",
        created_at=NOW,
        next_try_at=NOW,
    )


def test_the_pauses_add_up_to_a_day() -> None:
    assert MOST_TRIES == 8
    assert abs(sum(PAUSES, timedelta()) - DAY) < timedelta(minutes=10)
    assert list(PAUSES) == sorted(PAUSES)


@settings(max_examples=200)
@given(st.lists(spreads, min_size=8, max_size=8))
def test_a_delivery_fails_after_eight_tries_in_about_a_day(spread: list[float]) -> None:
    each, at = delivery(), NOW
    for number, random in enumerate(spread, 1):
        assert each.state is DeliveryState.WAITING
        each = each.tried(at).settled(WRONG, at, random)
        assert each.tries == number
        if each.next_try_at is not None:
            pause = each.next_try_at - at
            assert PAUSES[number - 1] * (1 - SPREAD) <= pause <= PAUSES[number - 1] * (1 + SPREAD)
            at = each.next_try_at
    assert (each.state, each.next_try_at, each.status) == (DeliveryState.FAILED, None, 500)
    assert DAY * 0.79 < at - NOW < DAY * 1.21
    again = each.again(at)
    assert (again.id, again.state, again.tries, again.next_try_at) == (each.id, "waiting", 0, at)


@settings(max_examples=200)
@given(st.lists(st.sampled_from(["ok", "wrong", "again", "died"]), max_size=30), spreads)
def test_a_delivery_is_always_waiting_or_has_an_end(steps: list[str], spread: float) -> None:
    each, at = delivery(), NOW
    for step in steps:
        at += timedelta(minutes=1)
        if step == "again":
            each = each.again(at)
        elif each.state is DeliveryState.WAITING:
            each = each.tried(at)
            if step != "died" and each.state is DeliveryState.WAITING:
                each = each.settled(OK if step == "ok" else WRONG, at, spread)
        assert (each.next_try_at is not None) is (each.state is DeliveryState.WAITING)
        assert each.tries <= MOST_TRIES
        assert (each.state is DeliveryState.DELIVERED) <= (each.failure is None)


def webhook(url: str | None = "https://dance.example.org/", **fields: object) -> Webhook:
    new = Webhook(id=uuid4(), url=url, events=tuple(WebhookEvent), created_at=NOW)
    return msgspec.structs.replace(new, **fields)


def test_an_endpoint_is_switched_off_after_three_days_of_failures() -> None:
    assert timedelta(days=3) == FAILING
    each = webhook().failed(NOW, "no")
    each = each.failed(NOW + FAILING - timedelta(seconds=1), "no")
    assert (each.failing_since, each.disabled_at) == (NOW, None)
    off = each.failed(NOW + FAILING, "The answer is 500.")
    assert off.disabled_at == NOW + FAILING
    assert off.disabled_reason is not None
    assert "2026-01-01 00:00 UTC" in off.disabled_reason
    assert off.failed(NOW + 2 * FAILING, "again") == off
    assert off.succeeded() == msgspec.structs.replace(each, failing_since=None)
    recovered = each.succeeded().failed(NOW + FAILING, "no")
    assert (recovered.failing_since, recovered.disabled_at) == (NOW + FAILING, None)


def test_callbacks_are_not_switched_off() -> None:
    each = webhook(url=None)
    assert each.failed(NOW, "no").failed(NOW + 2 * FAILING, "no") == each


def job(state: JobState, **fields: object) -> Job:
    new = Job(job_id=uuid4(), kind=JobKind.GENERATE, owner="ana", created_at=NOW, state=state)
    return msgspec.structs.replace(new, **fields)


@pytest.mark.parametrize("state", JobState)
def test_the_end_of_a_job_is_an_event_and_nothing_else_is(state: JobState) -> None:
    ended = state in ENDED
    assert event_of(job(state)) == (f"choreography.{state}" if ended else None)
    listening = [webhook(), webhook(disabled_at=NOW), webhook(events=())]
    made = deliveries_of(job(state), listening, NOW, lambda: 0)
    assert [each.webhook_id for each in made] == ([listening[0].id] if ended else [])
    if not ended:
        with pytest.raises(ValueError, match="goes on"):
            payload_of(job(state), NOW, lambda _: "{}")


def test_a_callback_needs_the_webhook_that_signs_it() -> None:
    ended = job(JobState.COMPLETED, callback_url="https://other.example.org/")
    callbacks = webhook(url=None, id=callbacks_id("ana"))
    assert deliveries_of(ended, [], NOW, lambda: 0) == ()
    [made] = deliveries_of(ended, [callbacks], NOW, lambda: 0)
    assert (made.webhook_id, made.url) == (callbacks.id, ended.callback_url)
    assert callbacks_id("ana") != callbacks_id("bruno")


@settings(max_examples=200)
@given(st.dictionaries(st.text(max_size=5), jsons, max_size=5), st.sampled_from([None, 1, "\t"]))
def test_metadata_pass_through_as_they_are(metadata: dict[str, object], indent: object) -> None:
    body = json.dumps({"a": 1, "metadata": metadata}, indent=indent).encode()  # pyright: ignore[reportArgumentType]
    text = metadata_in(body)
    assert text is not None
    assert json.loads(text) == metadata
    assert list(json.loads(text)) == list(metadata)
    assert "\n" not in text
    ended = job(JobState.COMPLETED, metadata=text, result='{"x":1.0}')
    payload = payload_of(ended, NOW, lambda _: "{}")
    assert payload.endswith(f'"data":{{"x":1.0}},"metadata":{text}}}')


@pytest.mark.parametrize("text", ["1.0", "1e2", "12345678901234567890123", '"\\u00e9"', "-0.0"])
def test_numbers_and_texts_of_metadata_keep_their_form(text: str) -> None:
    assert metadata_in(b'{"metadata": {"a" : %s}}' % text.encode()) == f'{{"a":{text}}}'


@pytest.mark.parametrize("body", [b"{}", b'{"metadata": null}'])
def test_no_metadata_are_none(body: bytes) -> None:
    assert metadata_in(body) is None


@settings(max_examples=200)
@given(
    st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2100, 1, 1)),
    st.integers(min_value=0, max_value=2**128 - 1),
    st.integers(min_value=0, max_value=2**128 - 1),
)
def test_ids_are_ordered_by_time(at: datetime, one: int, other: int) -> None:
    at = at.replace(tzinfo=UTC)
    first, second = ordered_id(at, one), ordered_id(at + timedelta(milliseconds=2), other)
    assert first < second
    assert isinstance(first, UUID)
    assert (first.version, first.variant) == (7, "specified in RFC 4122")
