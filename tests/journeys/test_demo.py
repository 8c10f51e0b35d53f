"""The demo, from drawn dancers to a film, made smaller: four moves and a few bars of a song."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import anyio
import av
import msgspec
import numpy as np
import pytest
from numpy.typing import NDArray

from adapters.media.sound import mono
from application.planning.choreography_request import ChoreographyRequest
from application.ports.demo import DemoStudio
from domain.blueprint.timeline import laid_out
from domain.library.moves import INTRO, OUTRO, Move
from domain.library.songs import Analysis, Song
from domain.shared import paths
from entrypoints.bootstrap import open_ports
from entrypoints.ports import Ports
from entrypoints.use_cases import UseCases
from entrypoints.wiring.wire import wire
from tests.journeys.pictures import count, streams
from tests.journeys.stores import Stores, settings_of

pytestmark = pytest.mark.anyio

SECONDS = 12.0
RATE = 48_000
RECORDED: dict[str, bytes] = {}
"""Songs that were played already: that takes ten seconds, and they are the same every time."""


class ShortStudio:
    """The demo studio with a few of its moves, and a song that is danced to for 12 s."""

    def __init__(self, studio: DemoStudio) -> None:
        self._studio = studio
        self.filmed: list[str] = []

    def moves(self) -> tuple[Move, ...]:
        moves = self._studio.moves()
        ends = [next(m for m in moves if m.label == label) for label in (INTRO, OUTRO)]
        return (*ends, *[m for m in moves if m.label not in (INTRO, OUTRO)][:2])

    def songs(self) -> tuple[tuple[Song, Analysis], ...]:
        song, analysis = self._studio.songs()[0]
        short = msgspec.structs.replace(
            analysis, duration=SECONDS, ones=tuple(one for one in analysis.ones if one < SECONDS)
        )
        return ((song, short),)

    async def film(self, move: Move, into: Path) -> None:
        self.filmed.append(move.id)
        await self._studio.film(move, into)

    async def record(self, song: Song, into: Path) -> None:
        if song.id not in RECORDED:
            await self._studio.record(song, into)
            RECORDED[song.id] = await anyio.Path(into).read_bytes()
        await anyio.Path(into).write_bytes(RECORDED[song.id])


@asynccontextmanager
async def service(
    stores: Stores, folder: Path
) -> AsyncGenerator[tuple[Ports, UseCases, ShortStudio]]:
    settings = await settings_of(stores, folder)
    async with open_ports(settings) as ports:
        studio = ShortStudio(ports.studio)
        short = replace(ports, studio=studio)
        yield short, wire(short, settings), studio


async def nobody(_: str, __: int, ___: int) -> None:
    return None


async def test_the_demo_library_is_made_once_and_danced_on_the_one(
    stores: Stores, tmp_path: Path
) -> None:
    async with service(stores, tmp_path / "var") as (ports, use_cases, studio):
        await use_cases.make_demo(nobody)
        assert len(studio.filmed) == 4
        await use_cases.make_demo(nobody)
        assert len(studio.filmed) == 4

        song, analysis = studio.songs()[0]
        request = ChoreographyRequest(song_id=song.id)
        film = await use_cases.generate(request, uuid4(), paths.LOCAL_USER)

        blueprint = await use_cases.read_blueprint(film.task_id, paths.LOCAL_USER)
        for move in blueprint.moves:
            moment = Fraction(round(move.start_time * 30), 30)
            assert min(abs(moment - Fraction(one)) for one in analysis.ones) <= Fraction(1, 60)
        whole = tmp_path / "film.mp4"
        await ports.storage.fetch(blueprint.output_config.output_path, whole)
        timeline = laid_out(blueprint)
        assert timeline.frames == round(SECONDS * 30)
        assert count(whole) == timeline.pictures
        assert sorted(streams(whole)) == [("aac", 0, 0), ("h264", 1280, 720)]
        sound = tmp_path / "song"
        await ports.storage.fetch(blueprint.audio_path, sound)
        assert offset(whole, sound) == 0


def offset(film: Path, song: Path) -> int:
    """Samples by which a film's sound lags behind the song, by cross-correlation."""
    played, written = played_samples(film), mono(song, RATE)
    first, length, reach = 5 * RATE, 2 * RATE, 3000
    window = written[first : first + length]
    around = played[first - reach : first + length + reach]
    match = np.correlate(around, window, mode="valid")
    return int(np.argmax(match)) - reach


def played_samples(film: Path) -> NDArray[np.float32]:
    """A film's sound as a player plays it: what lies before the first moment is left out."""
    blocks: list[NDArray[np.float32]] = []
    with av.open(str(film), format="mov") as opened:
        resampler = cast(Any, av).AudioResampler(format="flt", layout="mono", rate=RATE)
        for frame in opened.decode(audio=0):
            skipped = max(0, -round((frame.time or 0) * RATE))
            for block in resampler.resample(frame):
                blocks.append(block.to_ndarray()[0][skipped:])
    return np.concatenate(blocks)


async def test_a_song_nobody_has_heard_is_listened_to_and_remembered(
    stores: Stores, tmp_path: Path
) -> None:
    async with service(stores, tmp_path / "var") as (ports, use_cases, studio):
        song, score = studio.songs()[0]
        sound = tmp_path / "song"
        await ports.studio.record(song, sound)
        library_song = await use_cases.add_song(sound, song)
        move = min(studio.moves(), key=lambda each: each.duration)
        clip = tmp_path / move.id
        await ports.studio.film(move, clip)
        for number in range(4):
            labelled_move = msgspec.structs.replace(move, id=f"move-{number}", label="basic")
            await use_cases.add_move(clip, labelled_move, ready=False)

        dance = await use_cases.plan(
            ChoreographyRequest(song_id=library_song.id), uuid4(), paths.LOCAL_USER
        )

        analysis = await ports.songs.analysis(library_song.id)
        assert analysis is not None
        assert analysis.analyzed_by == "network 6"
        assert analysis.tempo == pytest.approx(score.tempo, rel=0.04)
        assert list(analysis.beats) == sorted(set(analysis.beats))
        assert set(analysis.ones) <= set(analysis.beats)
        assert dance.blueprint.end == pytest.approx(float(library_song.duration), abs=0.1)
