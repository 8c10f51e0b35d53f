"""The contract of every Speech."""

from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from adapters.memory.speech import MemorySpeech
from adapters.sound.loudness import loudness_of
from adapters.sound.wav import samples_of
from adapters.speech.espeak import EspeakSpeech
from adapters.speech.gemini import GeminiSpeech
from adapters.speech.piper import PiperSpeech
from adapters.speech.several import SeveralVoices
from application.ports.speech import Speech, Utterance
from domain.scripts.errors import SpeechFailed, SpeechUnavailable
from domain.scripts.languages import Language
from tests.cases.description_model.server import installed, keep_to_loopback, refusal
from tests.cases.image_model.server import files_in
from tests.cases.speech.voices import calling, obliging, with_espeak, with_piper
from tests.world.sounds import load, silence_around

pytestmark = pytest.mark.anyio

TEXTS = {
    Language.ENGLISH: "Dr. Smith paid $5.50 for “two” tickets; 20% more than in 1984.",
    Language.SPANISH: "¿Cómo está, Sra. Pérez? ¡Pagó 5,50 € por dos!",
    Language.PORTUGUESE: "O João não põe o pão às 15h30, Sra. Pereira.",
}
ODD = (
    "[[ h@l'oU ]] is no command",
    "<speak><break time='9s'/>x</speak>",
    "a\x00b \ud800 \u202e c",
    "one\n\n\ntwo\ttabs",
    "café " * 20,
    "%s {} '; DROP TABLE voices; --",
    "#!/bin/sh -c reboot",
)


@pytest.fixture(autouse=True)
def loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    keep_to_loopback(monkeypatch)


@asynccontextmanager
async def memory() -> AsyncGenerator[Speech]:
    yield MemorySpeech()


@asynccontextmanager
async def memory_without_times() -> AsyncGenerator[Speech]:
    yield MemorySpeech((Language.ENGLISH,), times=False)


@asynccontextmanager
async def espeak() -> AsyncGenerator[Speech]:
    yield EspeakSpeech()


@asynccontextmanager
async def piper() -> AsyncGenerator[Speech]:
    yield PiperSpeech()


@asynccontextmanager
async def gemini() -> AsyncGenerator[Speech]:
    async with calling(obliging) as (speech, _):
        yield speech


@asynccontextmanager
async def several() -> AsyncGenerator[Speech]:
    yield SeveralVoices([MemorySpeech((Language.SPANISH,)), MemorySpeech(name="other")])


@asynccontextmanager
async def several_of_which_one_is_away() -> AsyncGenerator[Speech]:
    async with calling(lambda _: refusal(503, "UNAVAILABLE")) as (speech, _):
        yield SeveralVoices([speech, MemorySpeech()])


Open = Callable[[], AbstractAsyncContextManager[Speech]]
QUICK = [
    memory,
    memory_without_times,
    pytest.param(espeak, marks=with_espeak),
    pytest.param(gemini, marks=installed),
    several,
    pytest.param(several_of_which_one_is_away, marks=installed),
]
ALL = [*QUICK, pytest.param(piper, marks=with_piper)]


def languages_of(speech: Speech) -> list[Language]:
    return [language for language in Language if speech.voice(language) is not None]


@pytest.mark.parametrize("opened", ALL)
async def test_a_text_becomes_an_even_sound_without_silence_around(
    opened: Open, tmp_path: Path
) -> None:
    async with opened() as speech:
        for language in languages_of(speech):
            file = tmp_path / language
            utterance = Utterance(text=TEXTS[language], language=language)
            spoken = await speech.speak(utterance, file)
            sound, form = load(file)
            assert form == (1, 2, 48_000)
            assert spoken.seconds == Fraction(len(sound), 48_000)
            assert samples_of(file) == len(sound)
            assert max(silence_around(sound[:, 0])) <= 0.05
            loudness = loudness_of(sound[:, 0].astype(np.float32))
            assert loudness is not None and abs(loudness + 16) < 1.5
            assert spoken.voice
    assert files_in(tmp_path) == sorted(languages_of(speech))


@pytest.mark.parametrize("opened", QUICK)
async def test_words_are_those_of_the_author_in_order_and_in_time(
    opened: Open, tmp_path: Path
) -> None:
    async with opened() as speech:
        for language in languages_of(speech):
            utterance = Utterance(text=TEXTS[language], language=language)
            spoken = await speech.speak(utterance, tmp_path / "voice")
            words = [word.text for word in spoken.words]
            rest = iter(TEXTS[language].split())
            assert all(word in rest for word in words)
            assert all(0 <= word.start < word.end <= spoken.seconds for word in spoken.words)
            assert all(left.end <= right.start for left, right in pairwise(spoken.words))


@pytest.mark.parametrize("opened", QUICK)
async def test_a_faster_voice_takes_less_time_and_a_repeated_one_is_the_same(
    opened: Open, tmp_path: Path
) -> None:
    async with opened() as speech:
        language = languages_of(speech)[0]
        seconds: list[Fraction] = []
        for index, speed in enumerate((1.4, 0.7, 0.7)):
            utterance = Utterance(text="One, two, three, four.", language=language, speed=speed)
            spoken = await speech.speak(utterance, tmp_path / str(index))
            seconds.append(spoken.seconds)
    assert seconds[0] * Fraction(3, 2) < seconds[1]
    assert (tmp_path / "1").read_bytes() == (tmp_path / "2").read_bytes()


@pytest.mark.parametrize("opened", QUICK)
async def test_every_text_is_only_a_text(opened: Open, tmp_path: Path) -> None:
    async with opened() as speech:
        for text in ODD:
            language = languages_of(speech)[0]
            spoken = await speech.speak(Utterance(text=text, language=language), tmp_path / "voice")
            assert 0 < spoken.seconds < 60


@pytest.mark.parametrize("opened", QUICK)
@pytest.mark.parametrize("text", ["", " \n", "...", "🙂"])
async def test_a_text_without_words_is_not_spoken(opened: Open, text: str, tmp_path: Path) -> None:
    async with opened() as speech:
        language = languages_of(speech)[0]
        with pytest.raises(SpeechFailed, match="says nothing"):
            await speech.speak(Utterance(text=text, language=language), tmp_path / "voice")
    assert files_in(tmp_path) == []


@pytest.mark.parametrize("opened", [memory_without_times, pytest.param(piper, marks=with_piper)])
async def test_a_language_without_a_voice_is_refused(opened: Open, tmp_path: Path) -> None:
    async with opened() as speech:
        assert speech.voice(Language.PORTUGUESE) is None
        with pytest.raises(SpeechUnavailable, match="pt"):
            await speech.speak(
                Utterance(text="Olá.", language=Language.PORTUGUESE), tmp_path / "voice"
            )
    assert files_in(tmp_path) == []


@pytest.mark.parametrize("opened", ALL)
async def test_a_voice_that_is_ready_says_its_name(opened: Open) -> None:
    async with opened() as speech:
        assert await speech.ready()
        names = [speech.voice(language) for language in languages_of(speech)]
        assert len(set(names)) == len(names)
        assert isinstance(speech, GeminiSpeech) or names


FAILURES = [SpeechUnavailable("It is away."), SpeechFailed("It is broken.")]


@pytest.mark.parametrize("failure", FAILURES, ids=lambda each: type(each).__name__)
async def test_the_next_voice_speaks_where_one_fails(
    failure: SpeechUnavailable | SpeechFailed, tmp_path: Path
) -> None:
    first, second = MemorySpeech(name="first", failure=failure), MemorySpeech(name="second")
    speech = SeveralVoices([MemorySpeech((Language.SPANISH,)), first, second])
    spoken = await speech.speak(
        Utterance(text="Hello.", language=Language.ENGLISH), tmp_path / "voice"
    )
    assert speech.voice(Language.ENGLISH) == "first en"
    assert spoken.voice == "second en"
    assert await speech.ready() == "hum; second"
    second.failure = SpeechFailed("That is broken, too.")
    with pytest.raises(SpeechFailed, match="too"):
        await speech.speak(Utterance(text="Hello.", language=Language.ENGLISH), tmp_path / "no")
    assert files_in(tmp_path) == ["voice"]


async def test_no_voice_at_all_is_unavailable(tmp_path: Path) -> None:
    speech = SeveralVoices([])
    assert speech.voice(Language.ENGLISH) is None
    with pytest.raises(SpeechUnavailable):
        await speech.ready()
    with pytest.raises(SpeechUnavailable, match="en"):
        await speech.speak(Utterance(text="Hello.", language=Language.ENGLISH), tmp_path / "no")
