"""The commands for scripts, videos and jobs, as a new user tries them in a terminal."""

import json
import signal
import subprocess
from collections.abc import Generator
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import av
import httpx
import pytest
from anyio import to_thread

from tests.journeys.server import COMMAND, Server, environment_of, serving, until, working
from tests.journeys.worker_processes import Service, Worker, own_database

pytestmark = pytest.mark.anyio

TEXT = "Bachata was born in the Dominican Republic.\n\nIts guitars sing of love.\n"
LONG = "\n\n".join(f"This is the scene with the number {number}." for number in range(12))
SMALL = ("--resolution", "1280x720", "--quality", "low")
SOON = 240.0
"""Seconds after which a small video will not come any more."""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder whose name is in the command line of no other process."""
    return tmp_path / f"data-{uuid4().hex}"


def command(data: Path, *words: object, **environment: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [str(COMMAND), *map(str, words)],
        env=environment_of(data, environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def output_of(data: Path, *words: object, **environment: str) -> tuple[int, str, str]:
    with command(data, *words, **environment) as process:
        try:
            out, err = process.communicate(timeout=SOON)
        finally:
            process.kill()
    return process.returncode, out.decode(), err.decode()


def document(data: Path, *words: object, **environment: str) -> Any:
    status, out, err = output_of(data, *words, "--json", **environment)
    assert status == 0, err
    return json.loads(out)


def script_in(folder: Path, content: str) -> Path:
    file = folder / "script.txt"
    file.write_text(content)
    return file


def names_in(folder: Path) -> set[str]:
    return {each.name for each in folder.iterdir()}


def output_folder(data: Path) -> list[str]:
    return [str(each) for each in (data / "media" / "output").rglob("*") if each.is_file()]


async def test_a_text_becomes_a_film_that_is_listed_downloaded_and_deleted(
    data: Path, tmp_path: Path
) -> None:
    text, film = script_in(tmp_path, TEXT), tmp_path / "film.mp4"
    video = document(data, "script", text, "-o", film, "--duration", 8, *SMALL)
    assert (video["status"], video["warnings"]) == ("completed", [])
    captions = (tmp_path / "film.vtt").read_text()
    words = [line for line in captions.splitlines()[3:] if line and "-->" not in line]
    assert " ".join(words).split() == TEXT.split()
    with av.open(str(film)) as opened:
        picture, sound = opened.streams.video[0], opened.streams.audio[0]
        assert (picture.codec_context.name, sound.codec_context.name) == ("h264", "aac")
        assert (picture.width, picture.height, picture.frames) == (1280, 720, 240)
    video_id = video["video_id"]
    listed = document(data, "videos", "list", "--kind", "script", "--state", "completed")
    assert [each["video_id"] for each in listed["items"]] == [video_id]
    [job] = document(data, "jobs", "list")["items"]
    assert (job["job_id"], job["state"], job["attempt"]) == (video_id, "completed", 1)
    again = tmp_path / "again.mp4"
    words_of = ("videos", "download", video_id, "-o", again, "--captions", "--poster")
    files = document(data, *words_of)["files"]
    assert files == [str(again.with_suffix(each)) for each in (".mp4", ".vtt", ".jpg")]
    assert again.read_bytes() == film.read_bytes()
    assert again.with_suffix(".jpg").read_bytes().startswith(b"\xff\xd8\xff")
    status, _, err = output_of(data, *words_of)
    assert (status, "exists" in err) == (2, True)
    assert document(data, "videos", "delete", video_id, "--yes") == {"deleted": [video_id]}
    assert document(data, "videos", "list")["items"] == []
    assert output_folder(data) == []
    assert list((data / "work").iterdir()) == []


async def test_ctrl_c_half_way_leaves_nothing(data: Path, tmp_path: Path) -> None:
    text, film = script_in(tmp_path, LONG), tmp_path / "film.mp4"
    making = command(data, "script", text, "-o", film, "--duration", 60, *SMALL)
    try:
        await until(lambda: bool(working(data)), within=SOON)
        making.send_signal(signal.SIGINT)
        _, err = making.communicate(timeout=SOON)
    finally:
        making.kill()
        making.wait()
    assert making.returncode == 128 + signal.SIGINT
    assert err.decode().endswith("Aborted.\n")
    await until(lambda: not working(data), within=SOON)
    assert document(data, "videos", "list")["items"] == []
    [job] = document(data, "jobs", "list")["items"]
    assert (job["state"], job["cancelling"]) == ("cancelled", False)
    assert names_in(tmp_path) == {"script.txt", data.name}
    assert output_folder(data) == []
    assert list((data / "work").iterdir()) == []


async def test_beside_a_server_each_script_is_made_once(data: Path, tmp_path: Path) -> None:
    text = script_in(tmp_path, TEXT)
    async with serving(data, tmp_path / "log") as server:
        making = command(data, "script", text, "--json", *SMALL)
        try:
            async with server.client() as client:
                video_id = await uploaded(client, "Another one.\n\nOf the server.")
                watching = command(data, "jobs", "watch", video_id, "--json")
                seen, _ = watching.communicate(timeout=SOON)
                own = json.loads(making.communicate(timeout=SOON)[0])["video_id"]
                jobs = document(data, "jobs", "list")["items"]
                streamed = await client.get(f"/api/videos/{own}/stream")
        finally:
            making.kill()
            making.wait()
        assert watching.returncode == 0
        states = [json.loads(line) for line in seen.splitlines()]
        assert [each["progress"] for each in states] == sorted(each["progress"] for each in states)
        assert states[-1]["state"] == "completed"
        assert {each["job_id"] for each in jobs} == {video_id, own}
        assert {(each["state"], each["attempt"]) for each in jobs} == {("completed", 1)}
        assert streamed.status_code == 200
        await cancelled_by_command(server, data)


@pytest.fixture
def database() -> Generator[str]:
    with own_database() as url:
        yield url


async def test_with_workers_the_command_only_watches(database: str, tmp_path: Path) -> None:
    text = script_in(tmp_path, TEXT)
    service = Service(tmp_path, database)
    service.data.mkdir()
    await service.make_tables()
    async with service.workers("one") as [worker]:
        data, environment = service.data, service.environment
        video = await to_thread.run_sync(
            partial(document, data, "script", text, *SMALL, **environment)
        )
        [job] = document(data, "jobs", "list", **environment)["items"]
        assert (job["job_id"], job["state"]) == (video["video_id"], "completed")
        assert job["attempt"] == 1
        assert video["video_id"] in {line.get("task_id") for line in worker.lines()}
        await stopped_half_way(worker, script_in(tmp_path, LONG), data, environment)


async def stopped_half_way(
    worker: Worker, text: Path, data: Path, environment: dict[str, str]
) -> None:
    """Ctrl-C ends a job that a worker runs, and nothing of it stays."""
    making = command(data, "script", text, "--duration", 60, *SMALL, **environment)
    try:
        # The processes of the worker may still be those of the video before.
        running = partial(document, data, "jobs", "list", "--state", "running", **environment)
        await until(lambda: bool(running()["items"]), within=SOON)
        making.send_signal(signal.SIGINT)
        _, err = await to_thread.run_sync(partial(making.communicate, timeout=SOON))
    finally:
        making.kill()
        making.wait()
    assert making.returncode == 128 + signal.SIGINT, err.decode()
    await until(lambda: not working(worker.data), within=SOON)
    states = [job["state"] for job in document(data, "jobs", "list", **environment)["items"]]
    assert states == ["cancelled", "completed"]
    assert len(document(data, "videos", "list", **environment)["items"]) == 1


async def uploaded(client: httpx.AsyncClient, text: str) -> str:
    """Ask the server for a video and return the id of its job."""
    stored = await client.post("/api/scripts/upload", json={"content": text})
    body = {"script_id": stored.json()["script_id"], "quality": "low", "resolution": "1280x720"}
    answer = await client.post("/api/videos/generate", json=body)
    assert answer.status_code == 202, answer.text
    return answer.json()["id"]


async def cancelled_by_command(server: Server, data: Path) -> None:
    """A command cancels a job that runs in the server."""
    async with server.client() as client:
        video_id = await uploaded(client, LONG)
        await until(lambda: bool(working(data)), within=SOON)
        status, _, err = output_of(data, "jobs", "cancel", video_id)
        assert (status, f"The job {video_id} is cancelled." in err) == (0, True), err
        video = (await client.get(f"/api/videos/{video_id}")).json()
        assert video["status"] == "cancelled"
