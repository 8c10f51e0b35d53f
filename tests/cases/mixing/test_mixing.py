"""The mix: how loud it is, how the music steps back, and what it takes."""

import tracemalloc
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from adapters.ffmpeg.ffmpeg_runner import FFmpegRunner
from adapters.ffmpeg.find import find_ffmpeg
from adapters.mixing.mix import Mix
from adapters.mixing.mixer import FFmpegNarrationMixer
from adapters.mixing.samples import BLOCK, Samples
from adapters.sound.limiter import true_peaks
from adapters.sound.loudness import Meter
from adapters.sound.wav import HEADER_BYTES, RATE
from application.ports.narration_mixer import PlacedVoice
from domain.shared.errors import UnreadableMedia
from tests.media import probe, run_ffmpeg
from tests.world.sounds import Sound, babble, level_of, load, save, tone

pytestmark = pytest.mark.anyio


def mixer() -> FFmpegNarrationMixer:
    return FFmpegNarrationMixer(FFmpegRunner(probe().details, find_ffmpeg, at_once=2))


def loudness(sound: Sound) -> float:
    meter = Meter(2)
    meter.add(sound.astype(np.float32))
    measured = meter.integrated()
    assert measured is not None
    return measured


def between(sound: Sound, start: float, end: float) -> Sound:
    return sound[round(start * RATE) : round(end * RATE)]


async def mixed(tmp_path: Path, voices: list[PlacedVoice], music: Path | None, long: int) -> Sound:
    await mixer().mix(voices, music, Fraction(long), tmp_path / "mix.wav")
    return load(tmp_path / "mix.wav")[0]


@pytest.mark.parametrize("level", [0.01, 0.3])
async def test_voice_and_music_have_their_loudness(level: float, tmp_path: Path) -> None:
    voice = save(tmp_path / "voice.wav", babble(6, level))
    music = save(tmp_path / "music.wav", tone(14, 0.05), tone(14, 0.05, 550))
    sound = await mixed(tmp_path, [PlacedVoice(voice, Fraction(6))], music, 14)
    assert abs(loudness(sound) + 16) < 1
    assert abs(loudness(between(sound, 7, 11)) + 16) < 2
    alone = loudness(between(sound, 2, 5.8))
    assert abs(alone + 18) < 2
    # A tone is heard through noise: its share in the mix shows how far the music stepped back.
    assert (
        abs(share_of(440, between(sound, 7, 11)) - share_of(440, between(sound, 2, 5.8)) + 10) < 1
    )


async def test_music_alone_is_as_loud_as_a_mix(tmp_path: Path) -> None:
    music = save(tmp_path / "music.wav", tone(3, 0.05), tone(3, 0.05, 550))
    assert abs(loudness(await mixed(tmp_path, [], music, 6)) + 16) < 1


def share_of(frequency: float, sound: Sound) -> float:
    """Return the level of a tone in a sound, in decibels."""
    times = np.arange(len(sound)) / RATE
    turned = sound.mean(axis=1) * np.exp(-2j * np.pi * frequency * times)
    return float(20 * np.log10(2 * abs(turned.mean())))


async def test_the_music_is_low_before_the_voice_begins_and_returns_after_it(
    tmp_path: Path,
) -> None:
    voice = save(tmp_path / "voice.wav", tone(2, 0.1, 3000))
    music = save(tmp_path / "music.wav", tone(12, 0.1), tone(12, 0.1))
    sound = await mixed(tmp_path, [PlacedVoice(voice, Fraction(4))], music, 10)

    def music_at(seconds: float) -> float:
        return share_of(440, between(sound, seconds - 0.01, seconds + 0.01))

    alone = music_at(3)
    assert abs(music_at(3.8) - alone) < 0.5
    assert -9 < music_at(3.93) - alone < -2
    assert abs(music_at(3.999) - alone + 10) < 1.5
    assert abs(music_at(5) - alone + 10) < 0.5
    assert -8 < music_at(6.25) - alone < -2
    assert abs(music_at(6.6) - alone) < 0.5


async def test_the_music_fades_in_and_out_and_is_repeated_without_a_gap(tmp_path: Path) -> None:
    music = save(tmp_path / "music.wav", tone(3, 0.2), tone(3, 0.2))
    sound = await mixed(tmp_path, [], music, 12)
    usual = level_of(between(sound, 1, 10))
    assert np.abs(sound[0]).max() < 0.001 and np.abs(sound[-1]).max() < 0.001
    assert level_of(between(sound, 0, 0.2)) < usual - 12
    assert level_of(between(sound, 11.6, 12)) < usual - 12
    levels = [level_of(between(sound, at / 10, at / 10 + 0.1)) for at in range(11, 99)]
    assert min(levels) > usual - 6


async def test_no_peak_exceeds_one_decibel_below_full_scale(tmp_path: Path) -> None:
    clicks = babble(4, 0.02)
    clicks[:: RATE // 3] = 0.99
    voice = save(tmp_path / "voice.wav", clicks)
    music = save(tmp_path / "music.wav", babble(3, 0.5, seed=2), babble(3, 0.5, seed=3))
    voices = [PlacedVoice(voice, Fraction(0)), PlacedVoice(voice, Fraction(1))]
    sound = await mixed(tmp_path, voices, music, 5)
    assert 20 * np.log10(true_peaks(sound.astype(np.float32)).max()) <= -1.0


async def test_quiet_voices_become_as_loud_as_loud_ones(tmp_path: Path) -> None:
    quiet = save(tmp_path / "quiet.wav", babble(2, 0.01))
    loud = save(tmp_path / "loud.wav", babble(2, 0.2))
    voices = [PlacedVoice(quiet, Fraction(0)), PlacedVoice(loud, Fraction(3))]
    sound = await mixed(tmp_path, voices, None, 6)
    assert abs(loudness(between(sound, 0, 2)) - loudness(between(sound, 3, 5))) < 1


async def test_each_voice_begins_at_its_sample(tmp_path: Path) -> None:
    voice = save(tmp_path / "voice.wav", np.full(RATE // 2, 0.2) * np.sign(tone(0.5) + 0.01))
    places = [Fraction(1), Fraction(BLOCK - 100, RATE), Fraction(11)]
    sound = await mixed(tmp_path, [PlacedVoice(voice, place) for place in places], None, 12)
    loud = np.abs(sound[:, 0]) > 0.01
    (begins,) = np.nonzero(loud[1:] & ~loud[:-1])
    assert [int(each) + 1 for each in begins] == [round(place * RATE) for place in places]


async def test_silent_sounds_are_left_out(tmp_path: Path) -> None:
    silent = save(tmp_path / "silent.wav", np.zeros(RATE))
    both = save(tmp_path / "both.wav", np.zeros(RATE), np.zeros(RATE))
    sound = await mixed(tmp_path, [PlacedVoice(silent, Fraction(0))], both, 2)
    assert not sound.any()


@pytest.mark.parametrize("form", ["mp3", "flac", "ogg"])
async def test_music_of_other_kinds_is_decoded(form: str, tmp_path: Path) -> None:
    wav = save(tmp_path / "music.wav", tone(3, 0.1), tone(3, 0.1))
    music = tmp_path / f"music.{form}"
    codec = {"mp3": "libmp3lame", "flac": "flac", "ogg": "libvorbis"}[form]
    await run_ffmpeg([find_ffmpeg().path, "-v", "error", "-i", str(wav), "-c:a", codec, str(music)])
    sound = await mixed(tmp_path, [PlacedVoice(music, Fraction(1))], music, 4)
    assert level_of(between(sound, 1.2, 3)) > -30


async def test_music_that_is_cut_off_is_repeated_as_far_as_it_goes(tmp_path: Path) -> None:
    wav = save(tmp_path / "music.wav", babble(3), babble(3))
    music = tmp_path / "music.flac"
    await run_ffmpeg([find_ffmpeg().path, "-v", "error", "-i", str(wav), str(music)])
    music.write_bytes(music.read_bytes()[:200_000])
    sound = await mixed(tmp_path, [], music, 6)
    assert level_of(between(sound, 1, 3.9)) > -30


async def test_a_film_without_sound_is_refused_by_its_name(tmp_path: Path) -> None:
    silent = tmp_path / "silent.mp4"
    source = ("-f", "lavfi", "-i", "color=s=64x64:d=1")
    await run_ffmpeg([find_ffmpeg().path, "-v", "error", *source, str(silent)])
    with pytest.raises(UnreadableMedia, match=r"silent\.mp4.*no sound"):
        await mixed(tmp_path, [], silent, 3)


@pytest.mark.parametrize("samples", [1, 100, RATE // 4])
async def test_very_short_sounds_are_mixed_too(samples: int, tmp_path: Path) -> None:
    short = save(tmp_path / "short.wav", tone(1)[:samples])
    sound = await mixed(tmp_path, [PlacedVoice(short, Fraction(1))], short, 2)
    assert len(sound) == 2 * RATE


def test_memory_does_not_grow_with_the_length(tmp_path: Path) -> None:
    file = save(tmp_path / "voice.wav", babble(20))
    voice = Samples(file, 1, 20 * RATE, HEADER_BYTES)

    def peak(seconds: int) -> int:
        tracemalloc.start()
        try:
            places = [(voice, start * RATE) for start in range(0, seconds, 20)]
            Mix(places, None, seconds * RATE).write(tmp_path / "mix.wav", lambda: None)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert peak(80) < 1.2 * peak(20)


def test_a_mix_is_the_same_wherever_its_parts_begin(tmp_path: Path) -> None:
    file = save(tmp_path / "music.wav", babble(3), babble(3, seed=2))
    music = Samples(file, 2, 3 * RATE, HEADER_BYTES)
    mix = Mix([], music, BLOCK)
    whole = mix.part(0, BLOCK)
    for start in (1, RATE * 5 // 2, 3 * RATE - 1, 7 * RATE):
        assert np.allclose(mix.part(start, RATE), whole[start : start + RATE], atol=1e-6)
    assert not mix.part(-RATE, RATE).any()
