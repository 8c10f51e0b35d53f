"""A preview as players see it: FFmpeg and Chromium, over a server that makes no film of it."""

import asyncio
import itertools
import os
import subprocess
import wave
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import msgspec
import numpy as np
import pytest
from imageio_ffmpeg import get_ffmpeg_exe  # pyright: ignore[reportMissingTypeStubs]

from adapters.ffmpeg.find import find_ffmpeg
from domain.blueprint.model import Blueprint, BlueprintMove, OutputConfig, Transition
from domain.blueprint.timeline import laid_out
from domain.rendering.assembly import Assembly
from domain.rendering.hls_playlist import PACKET, SAMPLES, Kind, ends
from domain.shared.paths import LOCAL_USER
from domain.shared.paths import film as film_path
from entrypoints.bootstrap import open_ports
from entrypoints.wiring.wire import wire
from tests.cases.ffmpeg import drawn
from tests.cases.mp4 import reference
from tests.journeys import browser, footage
from tests.journeys.server import Server, serving, until, working
from tests.journeys.stores import Stores, settings_of

pytestmark = pytest.mark.anyio

RATE = 44_100
SONG = "songs/noise"
TICKS = 512
"""Of a frame."""
GONE = 2.0
"""Seconds in which FFmpeg is gone once nobody waits for it."""
SOON = 30.0
"""Seconds after which what is waited for will not happen any more."""
HARD = uuid4()
"""A task whose only clip is hard to encode."""
Row = tuple[int, int, int, str]
"""Decode and display time of a packet, its duration, in ticks, and its MD5."""


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    """One loop for the file."""
    return "asyncio"


def move(clip: str, start: float, seconds: float, **more: Any) -> BlueprintMove:
    return BlueprintMove(video_path=f"clips/{clip}.mp4", start_time=start, duration=seconds, **more)


def blueprint(task_id: UUID) -> Blueprint:
    """Cuts that are copied, cuts that begin between keyframes, and all that has to be encoded."""
    return Blueprint(
        task_id=task_id,
        audio_path=SONG,
        moves=(
            move("a", 0, 2.0),
            move("b", 2.0, 1.5, trim_start=0.7),
            move("a", 3.5, 1.0, trim_start=2.0, playback_rate=1.25),
            move("b", 4.5, 0.03, trim_start=2.0),
            move("a", 4.53, 1.0, trim_start=1.1),
            move("b", 5.53, 0.8, transition_type=Transition.CROSSFADE, trim_start=3.1),
            move("a", 6.33, 0.61, transition_type=Transition.FADE_BLACK, playback_rate=0.9),
        ),
        output_config=OutputConfig(
            output_path=film_path(LOCAL_USER, task_id),
            width=320,
            height=180,
            transition_duration=0.3,
        ),
    )


def hard_blueprint() -> Blueprint:
    output = OutputConfig(
        output_path=film_path(LOCAL_USER, HARD), width=1920, height=1080, frame_rate=60
    )
    moves = (move("hard", 0, 8),)
    return Blueprint(task_id=HARD, audio_path=SONG, moves=moves, output_config=output)


@pytest.fixture(scope="module")
def task_id() -> UUID:
    """A task that nobody has begun to work on."""
    return uuid4()


@pytest.fixture(scope="module")
async def data(stores: Stores, tmp_path_factory: pytest.TempPathFactory, task_id: UUID) -> Path:
    """A data folder with two clips, a song of noise, and the task with its Blueprint."""
    sources, folder = tmp_path_factory.mktemp("made"), tmp_path_factory.mktemp("data")
    async with open_ports(await settings_of(stores, folder)) as ports:
        for number, name in enumerate("ab"):
            clip = drawn.draw(sources / f"{name}.mp4", 180, film=number, size=(640, 360))
            await ports.storage.put(clip, f"clips/{name}.mp4")
        await ports.storage.put(noise(sources / "noise.wav", 8), SONG)
        footage.noisy_film(sources / "hard.mp4", 8, 640, 360)
        await ports.storage.put(sources / "hard.mp4", "clips/hard.mp4")
        now = ports.clock.now()
        for each in (blueprint(task_id), hard_blueprint()):
            task = Assembly(task_id=each.task_id, owner=LOCAL_USER, created_at=now, updated_at=now)
            await ports.tasks.add(task)
            await ports.blueprints.keep(each)
    return folder


@pytest.fixture(scope="module")
async def server(
    stores: Stores, data: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncGenerator[Server]:
    log = tmp_path_factory.mktemp("served") / "log"
    async with serving(data, log, **await stores.environment(data)) as started:
        yield started


def noise(path: Path, seconds: int) -> Path:
    """A song that is like itself at one moment only."""
    drops = np.random.default_rng(1).normal(0, 3_000, (seconds * RATE, 2)).astype("<i2")
    with wave.open(str(path), "wb") as written:
        written.setnchannels(2)
        written.setsampwidth(2)
        written.setframerate(RATE)
        written.writeframes(drops.tobytes())
    return path


def preview_of(task_id: UUID) -> str:
    return f"/api/choreography/{task_id}/preview.m3u8"


async def folder_of(client: httpx.AsyncClient, task_id: UUID) -> str:
    """Return the addresses of the playlists of picture and sound."""
    main = (await client.get(preview_of(task_id))).text.splitlines()
    return f"/api/choreography/{task_id}/{main[-1]}".rpartition("/")[0]


def run(*arguments: str) -> bytes:
    """Play with the packaged FFmpeg: as a player of HLS, FFmpeg 5.1 misreads times and packets."""
    return reference.run(*arguments, program=get_ffmpeg_exe())


def rows(film: str, kind: str, *form: str) -> list[Row]:
    """Return FFmpeg's output of the picture ("v") or the sound ("a"), at the film's times."""
    listing = run("-copyts", "-i", film, "-map", f"0:{kind}", *form, "-f", "framemd5", "-")
    lines = [line.split(",") for line in listing.decode().splitlines() if line[0] != "#"]
    return [(int(row[1]), int(row[2]), int(row[3]), row[5].strip()) for row in lines]


def pictures(film: str) -> list[Row]:
    """Every frame as it is decoded, in ticks of the film."""
    return rows(film, "v", "-fps_mode", "passthrough", "-enc_time_base", "1:15360")


def samples(film: str) -> "np.ndarray[Any, Any]":
    raw = run("-copyts", "-i", film, "-map", "0:a", "-f", "f32le", "-")
    return np.frombuffer(raw, np.float32).reshape(-1, 2)


def written(path: Path, content: bytes) -> str:
    path.write_bytes(content)
    return str(path)


async def left(stores: Stores, data: Path) -> list[str]:
    """Films that are stored, and work in progress."""
    films = [path for path in await stores.media(data) if path.startswith("output/")]
    return [*films, *map(str, (data / "work").glob("*"))]


async def assembled(server: Server) -> bytes:
    """The film of the same Blueprint."""
    document = msgspec.to_builtins(blueprint(uuid4()))
    async with server.client() as client:
        answer = await client.post("/api/choreography/assemble", json=document)
        assert answer.status_code == 200, answer.text
        return (await client.get(answer.json()["video_url"])).content


async def test_a_preview_is_the_film_frame_by_frame_and_sample_by_sample(
    server: Server, stores: Stores, task_id: UUID, tmp_path: Path
) -> None:
    preview = f"http://127.0.0.1:{server.port}{preview_of(task_id)}"
    timeline = laid_out(blueprint(task_id))

    shown_frames, stored = pictures(preview), rows(preview, "v", "-c", "copy")
    packets, sound = rows(preview, "a", "-c", "copy"), samples(preview)

    assert await left(stores, server.data) == []
    assert len(shown_frames) == timeline.pictures
    assert stored[0][0] == 0
    for before, after in itertools.pairwise(stored):
        assert after[0] == before[0] + before[2]
    assert sum(row[2] for row in stored) == TICKS * timeline.frames

    film = written(tmp_path / "film.mp4", await assembled(server))
    assert shown_frames == pictures(film)
    assert stored == rows(film, "v", "-c", "copy")
    assert packets == rows(film, "a", "-c", "copy")
    expected = samples(film)
    assert len(expected) == SAMPLES * timeline.soundtrack.seconds
    np.testing.assert_array_equal(sound[: len(expected)], expected)
    # FFmpeg plays a stream's last packet to its end.
    assert 0 <= len(sound) - len(expected) < PACKET


async def test_a_preview_plays_from_any_moment(server: Server, task_id: UUID) -> None:
    preview = f"http://127.0.0.1:{server.port}{preview_of(task_id)}"
    third = TICKS * sum(cut.frames for cut in laid_out(blueprint(task_id)).cuts[:2])
    expected = [row[3] for row in pictures(preview) if row[0] >= third]

    listing = run(
        *("-ss", "3.5", "-i", preview, "-map", "0:v", "-fps_mode", "passthrough"),
        *("-f", "framemd5", "-"),
    )

    lines = [line for line in listing.decode().splitlines() if line[0] != "#"]
    assert [line.rpartition(",")[2].strip() for line in lines] == expected


async def test_a_segment_is_there_for_whoever_asks_and_no_other(
    server: Server, task_id: UUID
) -> None:
    timeline = laid_out(blueprint(task_id))
    async with server.client() as client:
        folder = await folder_of(client, task_id)
        for kind in Kind:
            count = len(ends(kind, timeline))
            there = await client.get(f"{folder}/{kind}/{count - 1}.m4s")
            assert (there.status_code, there.content[4:8]) == (200, b"moof")
            beyond = await client.get(f"{folder}/{kind}/{count}.m4s")
            assert (beyond.status_code, beyond.json()["code"]) == (404, "segment-not-found")
        nowhere = await client.get(preview_of(uuid4()))
        assert (nowhere.status_code, nowhere.json()["code"]) == (404, "task-not-found")
    assert not list((server.data / "work").glob("*"))


async def test_ffmpeg_is_gone_when_nobody_waits_for_a_segment(server: Server) -> None:
    data = server.data
    async with server.client() as client:
        address = f"{await folder_of(client, HARD)}/picture/0.m4s"
        asking = asyncio.ensure_future(client.get(address))
        await until(lambda: asking.done() or bool(working(data)), within=SOON)
        assert not asking.done()

        asking.cancel()
        await asyncio.wait({asking})
        await until(lambda: not working(data), within=GONE)

    await until(lambda: not list((data / "work").glob("*")), within=SOON)


async def test_the_preview_is_the_same_however_films_are_made(
    server: Server, stores: Stores, task_id: UUID
) -> None:
    settings = await settings_of(stores, server.data, {"BACHATA_ENCODER": "ffmpeg"})
    async with open_ports(settings) as ports, server.client() as client:
        folder = await folder_of(client, task_id)
        version = folder.rpartition("/")[2]
        preview = wire(ports, settings).preview
        for kind, name in itertools.product(Kind, ("init.mp4", "0.m4s", "2.m4s")):
            served = await client.get(f"{folder}/{kind}/{name}")
            ours = await preview.segment(task_id, LOCAL_USER, version, kind, name)
            assert served.content == ours


def another_ffmpeg(folder: Path) -> Path:
    """The same FFmpeg, but for the version that it says it is."""
    path = find_ffmpeg().path
    output = subprocess.run([path, "-version"], capture_output=True, check=True).stdout
    version = output.split()[2]
    content = Path(path).read_bytes()
    assert version in content
    folder.mkdir()
    copy = folder / "ffmpeg"
    copy.write_bytes(content.replace(version, version[:-1] + b"~"))
    copy.chmod(0o755)
    return folder


async def parts_of(server: Server, task_id: UUID) -> dict[str, bytes]:
    """Every segment of a preview, and what comes before them, by address."""
    async with server.client() as client:
        folder = await folder_of(client, task_id)
        counts = {kind: len(ends(kind, laid_out(blueprint(task_id)))) for kind in Kind}
        addresses = [f"{folder}/{kind}/init.mp4" for kind in Kind] + [
            f"{folder}/{kind}/{index}.m4s" for kind in Kind for index in range(counts[kind])
        ]
        answers = {address: await client.get(address) for address in addresses}
    assert {answer.status_code for answer in answers.values()} == {200}
    return {address: answer.content for address, answer in answers.items()}


async def test_a_server_with_another_ffmpeg_refuses_the_segments_of_the_one_before(
    server: Server, stores: Stores, task_id: UUID, tmp_path: Path
) -> None:
    before = await parts_of(server, task_id)
    environment = await stores.environment(server.data)
    path = f"{another_ffmpeg(tmp_path / 'bin')}:{os.environ['PATH']}"

    async with serving(server.data, tmp_path / "log", **environment, PATH=path) as other:
        async with other.client() as client:
            refused = [await client.get(address) for address in before]
        after = await parts_of(other, task_id)

    assert {answer.status_code for answer in refused} == {410}
    assert {answer.json()["code"] for answer in refused} == {"preview-outdated"}
    assert not before.keys() & after.keys()
    assert await parts_of(server, task_id) == before


async def test_a_browser_plays_a_preview_to_its_end(
    server: Server, task_id: UUID, tmp_path: Path
) -> None:
    chromium = browser.installed_browser()
    if chromium is None:
        pytest.skip(f"none of {', '.join(browser.NAMES)} is on PATH")
    timeline = laid_out(blueprint(task_id))
    seconds = float(timeline.soundtrack.seconds)

    report = browser.played(chromium, server.port, preview_of(task_id), tmp_path / "profile")

    assert "error" not in report, report
    assert report["ended"] is True
    assert report["frames"] == timeline.pictures
    assert report["size"] == [320, 180]
    about = pytest.approx(seconds, abs=1e-5)
    assert report["duration"] == report["time"] == about
    assert report["sought"] == pytest.approx(seconds / 2, abs=1e-5)
    assert report["buffered"] == {"picture": [[0, about]], "sound": [[0, about]]}
