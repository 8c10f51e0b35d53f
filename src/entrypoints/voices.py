"""Choose the adapters that may ask Gemini: of descriptions, voices and pictures."""

from contextlib import AsyncExitStack
from typing import Final

from adapters.cage.cage import Cage
from adapters.description_model.gemini import GeminiDescriptionModel
from adapters.description_model.offline import OfflineDescriptionModel
from adapters.image_model.gemini import GeminiImageModel
from adapters.image_model.unanswered import NoImageModel
from adapters.speech.espeak import EspeakSpeech
from adapters.speech.gemini import GeminiSpeech
from adapters.speech.piper import PiperSpeech
from adapters.speech.several import SeveralVoices
from application.ports.description_model import DescriptionModel
from application.ports.image_model import ImageModel
from application.ports.speech import Speech
from entrypoints.settings import Settings

GEMINI: Final = "Gemini"


def open_voices(settings: Settings, stack: AsyncExitStack, cage: Cage) -> dict[str, Speech]:
    """Return the voices by name, the best first, until ``stack`` closes; not all can speak."""
    voices: dict[str, Speech] = {}
    if settings.asks_gemini_for_media:
        gemini = GeminiSpeech(settings.gemini_api_key, base_url=settings.gemini_base_url or None)
        stack.push_async_callback(gemini.close)
        voices[GEMINI] = gemini
    voices["Piper"] = PiperSpeech(settings.voice_files, cage=cage, at_once=settings.cores)
    voices["eSpeak NG"] = EspeakSpeech(cage=cage, at_once=settings.cores)
    return voices


def open_speech(settings: Settings, stack: AsyncExitStack, cage: Cage) -> Speech:
    """Return the voices that are installed as one, until ``stack`` closes."""
    return SeveralVoices([*open_voices(settings, stack, cage).values()])


def open_image_model(settings: Settings, stack: AsyncExitStack) -> ImageModel:
    """Return the model that draws pictures, if there is one, until ``stack`` closes."""
    if not settings.asks_gemini_for_media:
        return NoImageModel()
    model = GeminiImageModel(settings.gemini_api_key, base_url=settings.gemini_base_url or None)
    stack.push_async_callback(model.close)
    return model


def open_description_model(settings: Settings, stack: AsyncExitStack) -> DescriptionModel:
    """Return the model that reads descriptions, until ``stack`` closes."""
    if not settings.gemini_api_key:
        return OfflineDescriptionModel()
    gemini = GeminiDescriptionModel(
        settings.gemini_api_key,
        settings.gemini_model,
        settings.gemini_timeout,
        settings.gemini_base_url or None,
    )
    stack.push_async_callback(gemini.close)
    return gemini
