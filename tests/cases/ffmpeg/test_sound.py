"""The sound of a film: the song from the first frame to the last, the clips' own sound in place."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from adapters.ffmpeg.audio_filters import Loudness, build_loudness_command, loudness_in
from adapters.ffmpeg.encoder import FFmpegEncoder
from adapters.ffmpeg.find import find_ffmpeg
from application.media.fetched_files import OnHand
from application.ports.footage import Footage
from domain.blueprint.timeline import Cue, Soundtrack
from domain.shared.errors import UnreadableMedia
from tests.cases.ffmpeg import drawn
from tests.media import probe, run_ffmpeg

pytestmark = pytest.mark.anyio

FRAMES = 90
HALF = 45 * 1600


def track(
    song: str | None = None,
    cues: tuple[Cue, ...] = (),
    *,
    fade_in: int = 0,
    fade_out: int = 0,
    loudness: float | None = None,
) -> Soundtrack:
    return Soundtrack(
        frames=FRAMES,
        frame_rate=30,
        codec="aac",
        bitrate="192k",
        song=song,
        cues=cues,
        fade_in=fade_in,
        fade_out=fade_out,
        loudness=loudness,
    )


def cue(clip: str, first: int, volume: float, rate: str = "1") -> Cue:
    return Cue(clip=clip, first=first, frames=45, rate=Fraction(rate), volume=volume)


def level(sound: np.ndarray[Any, Any]) -> float:
    """Root mean square, the ends left out."""
    return float(np.sqrt((sound[2_400:-2_400] ** 2).mean()))


async def sound_of(
    encoder: FFmpegEncoder, film: Path, soundtrack: Soundtrack, files: dict[str, Path]
) -> np.ndarray[Any, Any]:
    """Score a film, beside the song, and listen to it."""
    into = files["song"].with_suffix(".mp4")
    await encoder.add_audio(Footage.whole(film, FRAMES), soundtrack, OnHand(files, probe()), into)
    sound = drawn.sound_of(into)
    assert 0 <= len(sound) - FRAMES * 1600 < 1024
    return sound


async def test_a_song_starts_with_the_film_and_silence_follows_it(
    encoder: FFmpegEncoder, sounding: Path, tmp_path: Path
) -> None:
    files = {"song": drawn.tone_file(tmp_path / "song.wav", 1.5)}
    sound = await sound_of(encoder, sounding, track(song="song"), files)
    begin = int(np.argmax(np.abs(sound) > 0.1))
    end = len(sound) - int(np.argmax(np.abs(sound[::-1]) > 0.1))
    assert begin < 48
    assert abs(end - HALF) < 48
    assert level(sound[:HALF]) == pytest.approx(0.25 / 2**0.5, abs=0.01)


async def test_a_song_fades_in_and_out(
    encoder: FFmpegEncoder, sounding: Path, tmp_path: Path
) -> None:
    files = {"song": drawn.tone_file(tmp_path / "song.wav", 5)}
    sound = await sound_of(encoder, sounding, track("song", fade_in=30, fade_out=30), files)
    quarters = [float(np.abs(part).max()) for part in np.array_split(sound, 12)]
    assert quarters[:5] == pytest.approx([0.0625, 0.125, 0.1875, 0.25, 0.25], abs=0.02)
    assert quarters[-4:] == pytest.approx([0.25, 0.1875, 0.125, 0.0625], abs=0.03)


@pytest.mark.parametrize("rate", ["1", "5/4"])
async def test_clips_are_heard_at_their_volume_in_their_places(
    encoder: FFmpegEncoder, sounding: Path, tmp_path: Path, rate: str
) -> None:
    silent = drawn.draw(tmp_path / "silent.mp4", 90)
    song = drawn.tone_file(tmp_path / "song.wav", 3, level=0.0)
    files = {"clip": sounding, "silent": silent, "song": song}
    for cues, expected in (
        ((cue("clip", 10, 1.0, rate), cue("silent", 0, 1.0)), (0.25, 0)),
        ((cue("clip", 0, 0.0), cue("clip", 20, 0.5, rate)), (0, 0.125)),
    ):
        for name in (None, "song"):
            sound = await sound_of(encoder, sounding, track(song=name, cues=cues), files)
            halves = [level(sound[:HALF]) * 2**0.5, level(sound[HALF : 2 * HALF]) * 2**0.5]
            assert halves == pytest.approx(expected, abs=0.012)


async def test_a_faster_clip_keeps_its_pitch(
    encoder: FFmpegEncoder, sounding: Path, tmp_path: Path
) -> None:
    files = {"clip": sounding, "song": drawn.tone_file(tmp_path / "song.wav", 1)}
    cues = (cue("clip", 0, 1.0, "5/4"), cue("clip", 0, 0.0))
    sound = await sound_of(encoder, sounding, track(cues=cues), files)
    spectrum = np.abs(np.fft.rfft(sound[4_800 : 4_800 + 48_000]))
    assert int(np.argmax(spectrum)) == pytest.approx(440, abs=3)


async def test_the_song_and_a_clip_together_do_not_go_over_full_level(
    encoder: FFmpegEncoder, sounding: Path, tmp_path: Path
) -> None:
    song = drawn.tone_file(tmp_path / "song.wav", 3, level=0.95)
    files = {"clip": sounding, "song": song}
    cues = (cue("clip", 0, 1.0), cue("clip", 0, 1.0))
    sound = await sound_of(encoder, sounding, track(song="song", cues=cues), files)
    assert 0.9 < np.abs(sound).max() <= 1.0


@pytest.mark.parametrize("volume", [0.05, 0.25, 0.98])
@pytest.mark.parametrize("peaks", [False, True])
async def test_a_film_is_brought_to_its_loudness_and_stays_under_its_peak(
    encoder: FFmpegEncoder, sounding: Path, tmp_path: Path, volume: float, peaks: bool
) -> None:
    song = drawn.tone_file(tmp_path / "song.wav", 3, level=volume, knocks=0.6 if peaks else 0)
    files = {"clip": sounding, "song": song}
    await sound_of(encoder, sounding, track(song="song", loudness=-14.0), files)
    measured = await measured_in(song.with_suffix(".mp4"), FRAMES * 1600)
    assert measured.integrated == pytest.approx(-14, abs=0.5)
    assert measured.peak <= -1.0


async def test_peaks_that_the_encoder_adds_stay_under_the_limit_too(
    encoder: FFmpegEncoder, tmp_path: Path
) -> None:
    into = tmp_path / "sound.mp4"
    files = {"song": drawn.noise_file(tmp_path / "song.wav", 6)}
    soundtrack = msgspec.structs.replace(track(song="song", loudness=-14.0), bitrate="128k")
    await encoder.encode_sound(soundtrack, OnHand(files, probe()), into, 6 * 48_000)
    measured = await measured_in(into, 6 * 48_000)
    assert measured.integrated == pytest.approx(-14, abs=0.5)
    assert measured.peak <= -1.0


async def measured_in(sound: Path, samples: int) -> Loudness:
    """The loudness and the true peak of an encoded sound."""
    command = build_loudness_command(
        sound, None, samples=samples, audio_format="mov", ffmpeg=find_ffmpeg().path
    )
    measured = loudness_in(await run_ffmpeg(command, tail=60))
    assert measured is not None
    return measured


async def test_silence_stays_silent_when_levelled(
    encoder: FFmpegEncoder, sounding: Path, tmp_path: Path
) -> None:
    files = {"song": drawn.tone_file(tmp_path / "song.wav", 3, level=0.0)}
    sound = await sound_of(encoder, sounding, track(song="song", loudness=-14.0), files)
    assert np.abs(sound).max() < 0.001


async def test_a_film_without_sound_is_no_song(
    encoder: FFmpegEncoder, sounding: Path, tmp_path: Path
) -> None:
    files = {"song": drawn.draw(tmp_path / "silent.mp4", 3)}
    with pytest.raises(UnreadableMedia, match="song"):
        await encoder.add_audio(
            Footage.whole(sounding, FRAMES),
            track(song="song"),
            OnHand(files, probe()),
            tmp_path / "film.mp4",
        )
