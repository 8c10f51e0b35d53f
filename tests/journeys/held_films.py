"""Films that stand still while they are made, and what became of them."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final
from uuid import uuid4

import httpx

from domain.jobs.job import Job, JobState
from domain.rendering.assembly import FINAL, Assembly, State
from domain.shared.paths import film as film_path
from entrypoints.bootstrap import open_ports
from entrypoints.settings import Settings
from entrypoints.wiring.wire import wire
from tests.journeys import footage
from tests.journeys.server import COMMAND, environment_of, until
from tests.world import raw_client
from tests.world.held_server import STORED

SOON: Final = 60.0
"""Seconds after which what is waited for will not happen any more."""
PLACES: Final = (
    State.FETCHING,
    State.CONCATENATING,
    State.ADDING_AUDIO,
    State.UPLOADING,
    STORED,
    State.CLEANUP,
    State.COMPLETED,
)
"""Films stand still at the beginning of each stage, and once they are stored."""
ENCODING: Final = "encoding"
"""The place of a film that does not stand still: an FFmpeg encodes its clip for a while."""
_ASSEMBLE: Final = "/api/choreography/assemble"
_SECONDS: Final = 8.0
_OLD: Final = 7200.0


class Film:
    """A film that is asked for with a key, or without one."""

    def __init__(self, data: Path, place: str, *, wanted: bool) -> None:
        self.place = place
        self.wanted = wanted
        self.task_id = uuid4()
        slow = place == ENCODING
        [song] = (data / "media").glob("songs/*")
        [clip] = (data / "media").glob(f"clips/move-{int(slow)}-*")
        self._document = {
            "task_id": str(self.task_id),
            "audio_path": f"songs/{song.name}",
            "moves": [
                {
                    "video_path": f"clips/{clip.name}",
                    "start_time": float(at),
                    "duration": 5.0 if slow else 1.0,
                    "trim_start": 0.4 + at / 4,
                }
                for at in range(1 if slow else 4)
            ],
            "output_config": {
                "output_path": film_path("local", self.task_id),
                "width": 640 if slow else 160,
                "height": 360 if slow else 90,
                "frame_rate": 60 if slow else 30,
                # A clip is encoded anew for each bitrate.
                "video_bitrate": f"{2000 + self.task_id.int % 997}k" if slow else "300k",
            },
        }

    def __repr__(self) -> str:
        return f"the {'wanted' if self.wanted else 'unwanted'} film at {self.place}"

    async def posted(self, port: int) -> raw_client.Answer:
        """Ask for the film with as little work as possible."""
        return await raw_client.post(port, _ASSEMBLE, self._document)

    async def asked(self, client: httpx.AsyncClient) -> httpx.Response:
        """Ask for the film, or repeat the request."""
        headers = {"Idempotency-Key": str(self.task_id)} if self.wanted else {}
        return await client.post(_ASSEMBLE, json=self._document, headers=headers)

    async def ended(self, client: httpx.AsyncClient) -> float:
        """Wait for the end of the stream of its events; return the time of the end."""
        answer = await client.get(f"/api/tasks/{self.task_id}/events")
        assert answer.status_code == 200, answer.text
        return time.monotonic()

    async def replayed(self, client: httpx.AsyncClient) -> float:
        """Wait until its request is answered with the film; return the time of the answer."""
        answers: list[httpx.Response] = []

        async def is_answered() -> bool:
            answers.append(await self.asked(client))
            return "idempotency-key-in-use" not in answers[-1].text

        await self.ended(client)
        await until(is_answered, within=SOON)
        at, answer = time.monotonic(), answers[-1]
        assert answer.status_code == 200, (self, answer.text)
        assert answer.headers["Idempotency-Replayed"] == "true"
        film = answer.json()
        assert film["task_id"] == str(self.task_id)
        assert (await client.get(film["video_url"])).status_code == 200
        return at


class Holds:
    """The places at which films of a server stand still."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self._folder = folder
        self.command = (sys.executable, "-m", "tests.world.held_server", str(folder))

    def hold(self, film: Film) -> None:
        """Let a film stand still at its place."""
        (self._folder / str(film.task_id)).write_text(film.place)

    def holds(self, film: Film) -> bool:
        """Return True if a film stands still."""
        return (self._folder / f"{film.task_id}.held").exists()

    def let_go(self, film: Film) -> None:
        """Let a film go on."""
        (self._folder / str(film.task_id)).unlink()


async def furnish(made: Path, data: Path) -> None:
    """Add a song, a clip that is quickly encoded, and one that is not."""
    small, large, sound = made / "small.mp4", made / "large.mp4", made / "song.wav"
    footage.noisy_film(small, _SECONDS, 160, 90)
    footage.noisy_film(large, _SECONDS, 320, 180)
    footage.song_of(sound, _SECONDS)
    settings = Settings(data_dir=str(data))
    async with open_ports(settings) as ports:
        use_cases = wire(ports, settings)
        await use_cases.add_song(sound, *footage.song(_SECONDS))
        for number, clip in enumerate((small, large)):
            await use_cases.add_move(clip, footage.move(number, "basic"), ready=False)


async def records(data: Path, films: Sequence[Film]) -> list[tuple[Film, Job, Assembly]]:
    """Return films with the records of their jobs and tasks."""
    async with open_ports(Settings(data_dir=str(data))) as ports:
        return [
            (film, await ports.jobs.get(film.task_id), await ports.tasks.get(film.task_id))
            for film in films
        ]


async def expect_settled(data: Path, films: Sequence[Film], attempts: Sequence[int]) -> int:
    """Check that each film was made once if it was wanted, never otherwise, and nothing is left.

    A wanted one was made in one of the ``attempts``, or in the first if it was complete already.
    Returns the number of files that recovery has removed. The server has ended.
    """
    kept: set[str | None] = set()
    for film, job, task in await records(data, films):
        told = (film, job.state, job.attempt, task.state, task.attempt)
        assert task.state in FINAL, told
        # The film may have been complete just before its caller was lost.
        made = film.wanted or film.place == State.COMPLETED
        assert (task.state is State.COMPLETED) == made, told
        assert (job.state is JobState.COMPLETED) == made, told
        if made:
            assert job.attempt in ([1] if film.place == State.COMPLETED else attempts), told
            kept.add(task.output_path)
        else:
            assert job.state in (JobState.FAILED, JobState.CANCELLED), told
    stored = stored_films(data, films)
    removed = await asyncio.to_thread(_recovered, data, stored)
    assert stored_films(data, films) == kept
    assert len(kept) == len([film for film in films if film.wanted or film.place == "completed"])
    for folder in (data / "work", data / "cache" / "making", data / "media" / ".incoming"):
        left = list(folder.glob("*"))
        assert left == [], left
    return removed


def stored_films(data: Path, films: Sequence[Film]) -> set[str]:
    """Storage paths of every file of these films, of whatever attempt."""
    ids = [str(film.task_id) for film in films]
    media = data / "media"
    found = [path for path in (media / "output").rglob("*") if path.is_file()]
    return {
        path.relative_to(media).as_posix()
        for path in found
        if any(task_id in path.name for task_id in ids)
    }


def _recovered(data: Path, stored: set[str]) -> int:
    """Run the recovery of the storage as it is after an hour; return how many files went."""
    before = time.time() - _OLD
    for path in stored:
        os.utime(data / "media" / path, (before, before))
    subprocess.run(
        [COMMAND, "recover"],
        env=environment_of(data, {}),
        check=True,
        capture_output=True,
        timeout=SOON,
    )
    return sum(not (data / "media" / path).exists() for path in stored)
