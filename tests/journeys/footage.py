"""Small films and songs, made on the spot."""

from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import av
import numpy as np
from numpy.typing import NDArray

from adapters.demo.music.bed import bed
from domain.blueprint.model import Difficulty
from domain.library.moves import Energy, Move, Style
from domain.library.songs import Analysis, Section, Song

TEMPO = 120.0
RATE = 30
SAMPLES = 44_100


def noisy_film(into: Path, seconds: float, width: int, height: int) -> None:
    """A film of noise, which is hard to encode; a few pictures of it in turn."""
    chance = np.random.default_rng(7)
    pictures = [chance.integers(0, 255, (height, width, 3), dtype=np.uint8) for _ in range(5)]
    with cast(Any, av.open(str(into), "w", format="mp4")) as film:
        stream = film.add_stream("libx264", rate=RATE)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.options = {"preset": "ultrafast", "crf": "40"}
        stream.codec_context.time_base = Fraction(1, RATE)
        for number in range(round(seconds * RATE)):
            frame = av.VideoFrame.from_ndarray(pictures[number % 5], format="rgb24")
            frame.pts = number
            film.mux(stream.encode(frame))
        film.mux(stream.encode(None))


def danced_film(into: Path, tempo: float) -> None:
    """A small film of a soft light that moves, over two eight-counts of a band."""
    sound = bed(tempo, 2, "medium", seed=1, rate=SAMPLES)
    with cast(Any, av.open(str(into), "w", format="mp4")) as film:
        stream = _soft_stream(film)
        audio_stream = film.add_stream("aac", rate=SAMPLES)
        audio_stream.layout = "stereo"
        _light(film, stream, round(len(sound) * RATE / SAMPLES))
        _record(film, audio_stream, sound)


def soft_film(into: Path, seconds: float) -> None:
    """A small film of a soft light that moves, which is quick to encode, without sound."""
    with cast(Any, av.open(str(into), "w", format="mp4")) as film:
        _light(film, _soft_stream(film), round(seconds * RATE))


def _soft_stream(film: Any) -> Any:
    stream = film.add_stream("libx264", rate=RATE)
    stream.width, stream.height, stream.pix_fmt = 160, 90, "yuv420p"
    stream.options = {"preset": "ultrafast"}
    return stream


def _light(film: Any, stream: Any, frames: int) -> None:
    wave = 128 + 100 * np.sin(np.arange(160) / 160 * 2 * np.pi)
    picture = np.broadcast_to(wave.astype(np.uint8)[None, :, None], (90, 160, 3))
    for number in range(frames):
        moved = np.ascontiguousarray(np.roll(picture, number, axis=1))
        film.mux(stream.encode(av.VideoFrame.from_ndarray(moved, format="rgb24")))
    film.mux(stream.encode(None))


def played_song(into: Path, tempo: float) -> None:
    """Four eight-counts of a band, in a FLAC file."""
    sound = bed(tempo, 4, "medium", seed=2, rate=SAMPLES)
    with cast(Any, av.open(str(into), "w", format="flac")) as file:
        stream = file.add_stream("flac", rate=SAMPLES)
        stream.layout = "stereo"
        _record(file, stream, sound)


def _record(file: Any, stream: Any, sound: NDArray[np.float32]) -> None:
    samples = (sound * 32_000).astype(np.int16).reshape(1, -1)
    frame = av.AudioFrame.from_ndarray(samples, format="s16", layout="stereo")
    frame.sample_rate = SAMPLES
    file.mux(stream.encode(frame))
    file.mux(stream.encode(None))


def song_of(into: Path, seconds: float) -> None:
    """A click on every beat, in a WAV file."""
    rate = 44_100
    samples = np.zeros(round(seconds * rate), dtype=np.int16)
    beat = round(rate * 60 / TEMPO)
    click = (8_000 * np.sin(np.arange(2_000) / 10)).astype(np.int16)
    for start in range(0, len(samples) - len(click), beat):
        samples[start : start + len(click)] = click
    with cast(Any, av.open(str(into), "w", format="wav")) as sound:
        stream = sound.add_stream("pcm_s16le", rate=rate)
        stream.layout = "mono"
        frame = av.AudioFrame.from_ndarray(samples[None, :], format="s16", layout="mono")
        frame.sample_rate = rate
        sound.mux(stream.encode(frame))
        sound.mux(stream.encode(None))


def song(seconds: float) -> tuple[Song, Analysis]:
    """A song of that length and all that can be heard in it."""
    beats = tuple(count * 60 / TEMPO for count in range(int(seconds * TEMPO / 60)))
    analysis = Analysis(
        tempo=TEMPO,
        beats=beats,
        ones=beats[::8],
        sections=(Section(name="song", start=0, end=seconds, energy=0.5),),
        duration=seconds,
        analyzed_by="score",
    )
    clicks = Song(id="clicks", title="Clicks", artist="Nobody", audio_path="songs/new", duration=1)
    return clicks, analysis


def move(number: int, label: str) -> Move:
    """A move of the library."""
    return Move(
        id=f"move-{number}",
        name=f"Move {number}",
        label=label,
        video_path="clips/new",
        difficulty=Difficulty.BEGINNER,
        energy_level=Energy.MEDIUM,
        style=Style.ROMANTIC,
        duration=1,
        tempo=TEMPO,
    )
