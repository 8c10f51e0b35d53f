"""Gemini's voice, over the real client and a server on this machine."""

import re
from pathlib import Path
from typing import Any, cast

import pytest

from adapters.speech.gemini import GeminiSpeech
from adapters.speech.several import SeveralVoices
from application.ports.speech import Utterance
from domain.scripts.errors import SpeechFailed, SpeechUnavailable
from domain.scripts.languages import Language
from tests.cases.description_model.server import (
    KEY,
    Reply,
    closed_port,
    installed,
    keep_to_loopback,
    ok,
    refusal,
    says,
)
from tests.cases.image_model.server import files_in, sends
from tests.cases.speech.voices import KIND, calling, hum, obliging

pytestmark = [pytest.mark.anyio, *installed]

HOLA = Utterance(text="Hola, ¿qué tal?", language=Language.SPANISH)


@pytest.fixture(autouse=True)
def loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    keep_to_loopback(monkeypatch)


async def test_the_request_names_the_voice_and_the_language(tmp_path: Path) -> None:
    async with calling(obliging) as (speech, server):
        spoken = await speech.speak(HOLA, tmp_path / "voice")
        assert spoken.voice == speech.voice(Language.SPANISH)
    (request,) = server.requests
    configuration = request.body["generationConfig"]
    assert configuration["responseModalities"] == ["AUDIO"]
    # Gemini reads both spellings of names, and the client mixes them.
    assert camel(configuration["speechConfig"]) == {
        "voiceConfig": {"prebuiltVoiceConfig": {"voiceName": "some-voice"}},
        "languageCode": "es-US",
    }
    assert request.body["contents"][0]["parts"][0]["text"].endswith(f"---\n{HOLA.text}")
    assert 1.9 < spoken.seconds < 2.1


def camel(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    names = cast(dict[str, Any], value)
    return {
        re.sub("_(.)", lambda m: m[1].upper(), name): camel(each) for name, each in names.items()
    }


UNAVAILABLE: list[tuple[Reply, str]] = [
    (refusal(429, "RESOURCE_EXHAUSTED"), r"quota is used up \(429\)"),
    (refusal(500, "INTERNAL"), r"Gemini failed \(500\)"),
    (ok({"candidates": [{"finishReason": "SAFETY"}]}), r"blocked its answer \(SAFETY\)"),
    (says("I cannot read that."), "has no file"),
    (b"nonsense\r\n\r\n", "could not be reached"),
]


@pytest.mark.parametrize(("reply", "message"), UNAVAILABLE, ids=[each for _, each in UNAVAILABLE])
async def test_a_model_that_does_not_answer_is_unavailable(
    reply: Reply, message: str, tmp_path: Path
) -> None:
    async with calling(lambda _: reply) as (speech, _):
        with pytest.raises(SpeechUnavailable, match=message) as raised:
            await speech.speak(HOLA, tmp_path / "voice")
    assert KEY not in f"{raised.value} {raised.value.details}"
    assert files_in(tmp_path) == []


SOUNDS = [
    (b"ID3nonsense", "audio/mpeg"),
    (hum(), "audio/L16;codec=pcm;rate=96000"),
    (hum(), "audio/L16"),
    (hum() + b"x", KIND),
    (bytes(48_000), KIND),
]


@pytest.mark.parametrize(("content", "kind"), SOUNDS)
async def test_a_sound_that_is_none_is_a_failure(content: bytes, kind: str, tmp_path: Path) -> None:
    async with calling(lambda _: sends(content, kind)) as (speech, _):
        with pytest.raises(SpeechFailed):
            await speech.speak(HOLA, tmp_path / "voice")
    assert files_in(tmp_path) == []


async def test_a_server_that_hangs_or_is_gone_is_left_for_the_next_voice(tmp_path: Path) -> None:
    async with calling(lambda _: None, limit=0.3) as (hanging, _), calling(obliging) as (good, _):
        gone = GeminiSpeech(KEY, base_url=closed_port())
        spoken = await SeveralVoices([hanging, gone, good]).speak(HOLA, tmp_path / "voice")
        await gone.close()
    assert spoken.voice == good.voice(Language.SPANISH)
