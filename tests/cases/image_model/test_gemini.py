"""Pictures of Gemini, over the real client and a server on this machine."""

from pathlib import Path

import pytest

from application.ports.image_model import MOST_BYTES
from domain.scripts.errors import ImageModelFailed
from tests.cases.description_model.server import (
    KEY,
    Reply,
    Request,
    Script,
    http,
    installed,
    keep_to_loopback,
    ok,
    refusal,
    says,
)
from tests.cases.image_model.server import JPEG, PNG, drawing, files_in, sends

pytestmark = [pytest.mark.anyio, *installed]


@pytest.fixture(autouse=True)
def loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    keep_to_loopback(monkeypatch)


@pytest.mark.parametrize(("content", "kind"), [(PNG, "image/png"), (JPEG, "image/jpeg")])
async def test_the_picture_is_kept_as_it_was_sent(
    content: bytes, kind: str, tmp_path: Path
) -> None:
    async with drawing(lambda _: sends(content, kind)) as (model, server):
        await model.draw("Rain over the old town.", True, tmp_path / "picture")
    assert (tmp_path / "picture").read_bytes() == content
    (request,) = server.requests
    assert "/some-model:generateContent" in request.target
    assert request.headers["x-goog-api-key"] == KEY
    configuration = request.body["generationConfig"]
    assert configuration["responseModalities"] == ["IMAGE"]
    assert configuration["imageConfig"]["aspectRatio"] == "9:16"
    assert "Rain over the old town." in request.body["contents"][0]["parts"][0]["text"]


def huge(_: Request) -> Reply:
    return sends(PNG + bytes(MOST_BYTES))


def endless(_: Request) -> Reply:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"
    return head + b" " * (2 * MOST_BYTES)


FAILURES: list[tuple[Reply, str]] = [
    (refusal(400, "INVALID_ARGUMENT"), r"refused the request \(400\)"),
    (refusal(403, "PERMISSION_DENIED"), r"refused the key \(403\)"),
    (refusal(404, "NOT_FOUND"), r"does not offer the model \(404\)"),
    (refusal(429, "RESOURCE_EXHAUSTED"), r"quota is used up \(429\)"),
    (refusal(500, "INTERNAL"), r"Gemini failed \(500\)"),
    (refusal(503, "UNAVAILABLE"), r"is overloaded \(503\)"),
    (b"nonsense\r\n\r\n", "could not be reached"),
    (http("200 OK", b"{"), "could not be read"),
    (ok({}), "was empty"),
    (ok({"promptFeedback": {"blockReason": "SAFETY"}}), r"blocked the text \(SAFETY\)"),
    (ok({"candidates": [{"finishReason": "IMAGE_SAFETY"}]}), r"blocked its answer \(IMAGE_SAFETY"),
    (says("I cannot draw that."), "has no file"),
    (sends(b"<svg/>", "image/svg+xml"), "no PNG and no JPEG"),
    (sends(b"<html>", "image/png"), "no PNG and no JPEG"),
    (sends(PNG, "image/jpeg"), "no PNG and no JPEG"),
]


@pytest.mark.parametrize(("reply", "message"), FAILURES, ids=[each for _, each in FAILURES])
async def test_each_bad_answer_has_its_reason(reply: Reply, message: str, tmp_path: Path) -> None:
    async with drawing(lambda _: reply) as (model, server):
        with pytest.raises(ImageModelFailed, match=message) as raised:
            await model.draw("Rain.", False, tmp_path / "picture")
    assert len(server.requests) == 1
    assert KEY not in f"{raised.value} {raised.value.details}"
    assert files_in(tmp_path) == []


@pytest.mark.parametrize("script", [huge, endless])
async def test_an_answer_that_is_too_large_is_not_read_to_its_end(
    script: Script, tmp_path: Path
) -> None:
    async with drawing(script) as (model, _):
        with pytest.raises(ImageModelFailed, match=r"too large|more than 20 MB"):
            await model.draw("Rain.", False, tmp_path / "picture")
    assert files_in(tmp_path) == []


async def test_a_server_that_hangs_is_left_after_the_time_limit(tmp_path: Path) -> None:
    async with drawing(lambda _: None, limit=0.3) as (model, _):
        with pytest.raises(ImageModelFailed, match=r"did not answer within 0\.3 s"):
            await model.draw("Rain.", False, tmp_path / "picture")
