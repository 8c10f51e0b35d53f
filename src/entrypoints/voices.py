"""Choose the adapters of voices and pictures for narrated videos."""

from contextlib import AsyncExitStack

from adapters.cage.cage import Cage
from adapters.image_model.gemini import GeminiImageModel
from adapters.image_model.unanswered import NoImageModel
from adapters.speech.espeak import EspeakSpeech
from adapters.speech.gemini import GeminiSpeech
from adapters.speech.piper import PiperSpeech
from adapters.speech.several import SeveralVoices
from application.ports.image_model import ImageModel
from application.ports.speech import Speech
from entrypoints.settings import Settings


def open_speech(settings: Settings, stack: AsyncExitStack, cage: Cage) -> Speech:
    """Return the voices that are installed, the best first, until ``stack`` closes."""
    voices: list[Speech] = []
    if settings.asks_gemini_for_media:
        gemini = GeminiSpeech(settings.gemini_api_key, base_url=settings.gemini_base_url or None)
        stack.push_async_callback(gemini.close)
        voices.append(gemini)
    voices.append(PiperSpeech(settings.voice_files, cage=cage, at_once=settings.cores))
    voices.append(EspeakSpeech(cage=cage, at_once=settings.cores))
    return SeveralVoices(voices)


def open_image_model(settings: Settings, stack: AsyncExitStack) -> ImageModel:
    """Return the model that draws pictures, if there is one, until ``stack`` closes."""
    if not settings.asks_gemini_for_media:
        return NoImageModel()
    model = GeminiImageModel(settings.gemini_api_key, base_url=settings.gemini_base_url or None)
    stack.push_async_callback(model.close)
    return model
