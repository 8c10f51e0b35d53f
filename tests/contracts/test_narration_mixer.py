"""The contract of every NarrationMixer."""

import shutil
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from adapters.ffmpeg.ffmpeg_runner import FFmpegRunner
from adapters.ffmpeg.find import find_ffmpeg
from adapters.memory.narration_mixer import MemoryNarrationMixer
from adapters.mixing.mixer import FFmpegNarrationMixer
from application.ports.narration_mixer import NarrationMixer, PlacedVoice
from domain.shared.errors import UnreadableMedia
from tests.cases.image_model.server import files_in
from tests.media import probe
from tests.world.sounds import babble, load, save, tone

pytestmark = pytest.mark.anyio


def ffmpeg() -> NarrationMixer:
    return FFmpegNarrationMixer(FFmpegRunner(probe().details, find_ffmpeg, at_once=2))


@pytest.fixture(params=[MemoryNarrationMixer, ffmpeg], ids=["memory", "ffmpeg"])
def mixer(request: pytest.FixtureRequest) -> NarrationMixer:
    make: Callable[[], NarrationMixer] = request.param
    return make()


@pytest.fixture
def voice(tmp_path: Path) -> Path:
    return save(tmp_path / "voice.wav", babble(0.8))


@pytest.fixture
def music(tmp_path: Path) -> Path:
    return save(tmp_path / "music.wav", tone(1.5), tone(1.5, frequency=330))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "mixes").mkdir()
    return tmp_path / "mixes"


@pytest.mark.parametrize("seconds", ["1/48000", "1/3", "2.00001", "4"])
async def test_a_mix_has_exactly_the_samples_of_its_time(
    mixer: NarrationMixer, seconds: str, voice: Path, music: Path, folder: Path
) -> None:
    long = Fraction(seconds)
    voices = [PlacedVoice(voice, Fraction(1, 10)), PlacedVoice(voice, Fraction(3))]
    await mixer.mix(voices, music, long, folder / "mix.wav")
    sound, form = load(folder / "mix.wav")
    assert (form, len(sound)) == ((2, 2, 48_000), round(long * 48_000))
    assert files_in(folder) == ["mix.wav"]


@pytest.mark.parametrize("with_music", [True, False])
async def test_a_mix_without_voices_has_its_length_too(
    mixer: NarrationMixer, with_music: bool, music: Path, folder: Path
) -> None:
    await mixer.mix([], music if with_music else None, Fraction(2), folder / "mix.wav")
    assert len(load(folder / "mix.wav")[0]) == 96_000


async def test_the_same_sounds_have_the_same_mix(
    mixer: NarrationMixer, voice: Path, music: Path, folder: Path
) -> None:
    for name in ("one", "two"):
        await mixer.mix([PlacedVoice(voice, Fraction(1))], music, Fraction(3), folder / name)
    assert (folder / "one").read_bytes() == (folder / "two").read_bytes()


@pytest.mark.parametrize("content", [b"", b"This is a text.", None])
@pytest.mark.parametrize("as_music", [True, False])
async def test_a_file_that_is_no_sound_is_named_and_no_mix_is_left(
    mixer: NarrationMixer, content: bytes | None, as_music: bool, voice: Path, folder: Path
) -> None:
    bad = voice.with_name("bad.wav")
    if content is not None:
        bad.write_bytes(content)
    voices = [PlacedVoice(voice, Fraction(0))]
    with pytest.raises(UnreadableMedia, match=r"bad\.wav"):
        if as_music:
            await mixer.mix(voices, bad, Fraction(2), folder / "mix.wav")
        else:
            voices.append(PlacedVoice(bad, Fraction(1)))
            await mixer.mix(voices, None, Fraction(2), folder / "mix.wav")
    assert files_in(folder) == []


async def test_a_voice_after_the_end_is_left_out(
    mixer: NarrationMixer, voice: Path, folder: Path
) -> None:
    gone = voice.with_name("gone.wav")
    shutil.copy(voice, gone)
    voices = [PlacedVoice(voice, Fraction(0)), PlacedVoice(gone, Fraction(9))]
    await mixer.mix(voices, None, Fraction(2), folder / "mix.wav")
    assert files_in(folder) == ["mix.wav"]


@pytest.mark.parametrize("seconds", [0, -1])
async def test_a_mix_needs_time(mixer: NarrationMixer, seconds: int, folder: Path) -> None:
    with pytest.raises(ValueError, match="positive"):
        await mixer.mix([], None, Fraction(seconds), folder / "mix.wav")
    assert files_in(folder) == []
