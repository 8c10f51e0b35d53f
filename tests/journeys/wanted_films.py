"""Films that are known by their number of frames."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from io import BytesIO
from pathlib import Path
from typing import Any, Final, cast
from uuid import uuid4

import av
import httpx

from domain.shared.paths import film as film_path

LIMIT: Final = 3600.0
"""Seconds after which a film that is not made never will be."""
RATE: Final = 30
SHORTEST: Final = 90
"""Frames of the shortest film; each other film is a frame longer than the one before."""
PAUSE: Final = 0.5
"""Seconds between two tries of a client."""


class WantedFilm:
    """A film that is known by its number of frames.

    A ``small`` one is encoded in a moment, others take a few seconds.
    """

    def __init__(self, data: Path, number: int, *, small: bool = False) -> None:
        self.task_id = uuid4()
        self.frames = SHORTEST + number
        [song] = (data / "media").glob("songs/*")
        [clip] = (data / "media").glob("clips/move-1-*")
        self._document = {
            "task_id": str(self.task_id),
            "audio_path": f"songs/{song.name}",
            "moves": [
                {
                    "video_path": f"clips/{clip.name}",
                    "start_time": 0.0,
                    "duration": self.frames / RATE,
                    "trim_start": 0.4,
                }
            ],
            "output_config": {
                "output_path": film_path("local", self.task_id),
                "width": 160 if small else 640,
                "height": 90 if small else 360,
                "frame_rate": RATE,
                # A clip is encoded anew for each bitrate.
                "video_bitrate": f"{1000 + number}k",
            },
        }

    async def asked(self, client: httpx.AsyncClient) -> httpx.Response:
        """Ask for it, and wait."""
        headers = {"Idempotency-Key": str(self.task_id)}
        return await client.post(
            "/api/choreography/assemble", json=self._document, headers=headers, timeout=LIMIT
        )

    async def expect_made(self, client: httpx.AsyncClient) -> int:
        """Ask for it, wait, download it, and count its frames; return the number of repetitions.

        Requests that the service answers with 503, or with 409 because it still makes the film,
        are repeated, as the documents say.
        """
        repeated = 0
        while (answer := await self.asked(client)).status_code in (409, 503):
            repeated += 1
            await asyncio.sleep(PAUSE)
        assert answer.status_code == 200, answer.text
        film = answer.json()
        assert film["task_id"] == str(self.task_id)
        assert 0 <= film["duration_seconds"] < LIMIT
        video = await client.get(film["video_url"], timeout=LIMIT)
        while video.status_code == 503:
            await asyncio.sleep(PAUSE)
            video = await client.get(film["video_url"], timeout=LIMIT)
        assert video.status_code == 200
        frames = await asyncio.to_thread(frames_of, video.content)
        assert frames == self.frames
        assert abs(film["video_duration_seconds"] - self.frames / RATE) < 1 / RATE
        return repeated


def frames_of(film: bytes) -> int:
    """Decode a film and count its frames."""
    with cast(Any, av.open(BytesIO(film), format="mp4")) as opened:
        return sum(1 for _ in opened.decode(video=0))


@asynccontextmanager
async def beside(*works: Any) -> AsyncGenerator[None]:
    """Do something until the end of the block."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
