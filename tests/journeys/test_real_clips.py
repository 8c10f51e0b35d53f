"""From clips of real dancers and a song to a film, through every real part."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import pytest

from domain.blueprint.model import Blueprint, BlueprintMove, Difficulty, OutputConfig
from domain.blueprint.timeline import laid_out
from domain.library.moves import Energy, Move, Style
from domain.shared import paths
from entrypoints.bootstrap import open_ports
from entrypoints.ports import Ports
from entrypoints.use_cases import UseCases
from entrypoints.wiring.wire import wire
from tests.journeys.footage import song, song_of
from tests.journeys.pictures import count, differ, greys, streams
from tests.journeys.real_clips import real_clips
from tests.journeys.stores import Stores, settings_of

pytestmark = pytest.mark.anyio

CUTS = 4
BEAT = 60 / 126
SECONDS = 16.0


@asynccontextmanager
async def service(stores: Stores, folder: Path) -> AsyncGenerator[tuple[Ports, UseCases]]:
    settings = await settings_of(stores, folder)
    async with open_ports(settings) as ports:
        yield ports, wire(ports, settings)


async def imported(use_cases: UseCases, clips: list[Path]) -> list[Move]:
    return [
        await use_cases.add_move(
            clip,
            Move(
                id=clip.stem,
                name=clip.stem,
                label=clip.parent.name,
                video_path="clips/new",
                difficulty=Difficulty.INTERMEDIATE,
                energy_level=Energy.MEDIUM,
                style=Style.ROMANTIC,
                duration=1,
                tempo=126,
            ),
            ready=False,
        )
        for clip in clips
    ]


def eight_counts(moves: list[Move], sound: str) -> Blueprint:
    """An eight-count at 126 BPM out of each clip, each entering a little later than the last."""
    task_id = uuid4()
    length = 8 * BEAT
    return Blueprint(
        task_id=task_id,
        audio_path=sound,
        audio_tempo=126,
        moves=tuple(
            BlueprintMove(
                clip_id=move.id,
                video_path=move.video_path,
                start_time=round(index * length, 6),
                duration=round(length, 6),
                trim_start=round(0.13 * index, 3),
                original_duration=move.duration,
            )
            for index, move in enumerate(moves)
        ),
        # A quarter of the clips' own pixels, so that the test is over in a quarter of the time.
        output_config=OutputConfig(
            output_path=paths.film(paths.LOCAL_USER, task_id),
            width=640,
            height=360,
            video_bitrate="800k",
        ),
    )


async def test_four_cuts_of_real_clips_become_exactly_the_film_asked_for(
    stores: Stores, tmp_path: Path
) -> None:
    clips = real_clips()
    async with service(stores, tmp_path / "var") as (ports, use_cases):
        moves = await imported(use_cases, clips)
        assert len(moves) == len(clips) == 16
        sound = tmp_path / "song"
        song_of(sound, SECONDS)
        library_song = await use_cases.add_song(sound, *song(SECONDS))
        blueprint = eight_counts(moves[:CUTS], library_song.audio_path)

        film = await use_cases.assemble(blueprint, paths.LOCAL_USER)

        whole = tmp_path / "film.mp4"
        await ports.storage.fetch(blueprint.output_config.output_path, whole)
        assert film.video_duration_seconds == pytest.approx(CUTS * 8 * BEAT, abs=1 / 30)
        assert count(whole) == round(blueprint.end * 30) == 457
        assert sorted(streams(whole)) == [("aac", 0, 0), ("h264", 640, 360)]
        await first_frames_match(ports, blueprint, whole, tmp_path)
        assert list((tmp_path / "var" / "work").iterdir()) == []


async def first_frames_match(ports: Ports, blueprint: Blueprint, film: Path, room: Path) -> None:
    """Each cut begins with the very frame of its clip, and is like no neighbour of it more."""
    at, starts = 0, list[int]()
    cuts = laid_out(blueprint).cuts
    for cut in cuts:
        starts.append(at)
        at += cut.frames
    pictures = greys(film, set(starts))
    for start, cut in zip(starts, cuts, strict=True):
        clip = room / f"clip-{start}.mp4"
        await ports.storage.fetch(cut.clip, clip)
        around = {cut.first + offset for offset in range(-3, 4) if cut.first + offset >= 0}
        frames = greys(clip, around)
        apart = {number: differ(pictures[start], frame) for number, frame in frames.items()}
        assert apart[cut.first] < 25, f"{cut.clip}: {apart}"
        assert min(apart, key=apart.__getitem__) == cut.first, f"{cut.clip}: {apart}"
