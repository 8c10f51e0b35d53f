"""A `SceneEncoder` that paints frames and has FFmpeg encode them."""

import platform
from importlib.metadata import version
from pathlib import Path
from threading import Event
from typing import Final

import numpy as np
from numpy.typing import NDArray

from adapters.cage.cage import Cage, Limits
from adapters.clip_mark import add_mark
from adapters.drawing import fonts, scenes
from adapters.drawing.frames import Frames
from adapters.ffmpeg.cutting import require_frames
from adapters.ffmpeg.ffmpeg_runner import FFmpegRunner, Find, Look, keep, temporary_folder
from adapters.ffmpeg.find import find_ffmpeg
from adapters.ffmpeg.frame_pipe import feed, make_pipe
from adapters.ffmpeg.profile import profile_of
from adapters.ffmpeg.scene_commands import build_scene_command
from adapters.ffmpeg.scene_pictures import decode_picture
from application.concurrency.task_groups import run_all
from application.concurrency.threads import FILES, Threads
from application.concurrency.timeouts import place_in
from application.concurrency.work_priority import Places
from application.media.disk_errors import disk_errors
from application.monitoring.no_metrics import NO_METRICS
from application.ports.metrics import Metrics
from domain.blueprint.model import OutputConfig
from domain.scripts.shots import Shot

_PAINTING: Final = Threads("painting scenes", 8, limit=2 * 60 * 60.0)
_WAIT: Final = 2 * 60 * 60.0
"""Maximum seconds that a scene waits for others."""


class FFmpegSceneEncoder:
    """Makes up to ``at_once`` scenes in parallel, each with one thread and one FFmpeg process."""

    def __init__(
        self,
        look: Look,
        find: Find = find_ffmpeg,
        *,
        at_once: int,
        limits: Limits | None = None,
        cage: Cage | None = None,
        metrics: Metrics = NO_METRICS,
    ) -> None:
        """Take the probe, the function that finds FFmpeg, and the limits of its processes."""
        self._runner = FFmpegRunner(
            look, find, at_once=at_once, limits=limits, cage=cage, metrics=metrics
        )
        self._places = Places(at_once)

    async def encode(
        self, shot: Shot, picture: Path | None, output: OutputConfig, into: Path
    ) -> None:
        """See `application.ports.scene_encoder.SceneEncoder`."""
        await self._runner.require(output.video_codec)
        profile = await profile_of(self._runner, output)
        async with place_in(self._places.free, "a free place for scenes", _WAIT):
            with temporary_folder(into) as folder:
                frames = await self._frames(shot, picture, output, folder)
                draft = folder / "scene.mp4"
                await self._encoded(frames, shot.frames, output, folder / "frames", draft)
                await require_frames(self._runner, draft, shot.frames)
                with disk_errors():
                    await FILES.run(lambda: add_mark(draft, profile))
                    keep(draft, into)

    async def poster(
        self, shot: Shot, picture: Path | None, output: OutputConfig, into: Path
    ) -> None:
        """See `application.ports.scene_encoder.SceneEncoder`."""
        async with place_in(self._places.free, "a free place for scenes", _WAIT):
            with temporary_folder(into) as folder:
                frames = await self._frames(shot, picture, output, folder)
                content = await _PAINTING.run(lambda: scenes.poster_of(frames, shot.frames))
                draft = folder / "poster.jpg"
                with disk_errors():
                    await FILES.run(lambda: draft.write_bytes(content))
                    keep(draft, into)

    async def version(self, output: OutputConfig) -> str:
        """See `application.ports.scene_encoder.SceneEncoder`."""
        return "\n".join(
            (
                f"scenes {scenes.REVISION}",
                await FILES.run(fonts.font_version),
                f"NumPy {version('numpy')}, {platform.machine()}",
                await profile_of(self._runner, output),
                await self._runner.build(),
            )
        )

    def undrawable(self, text: str) -> str:
        """See `application.ports.scene_encoder.SceneEncoder`."""
        return fonts.undrawable(text)

    async def _frames(
        self, shot: Shot, picture: Path | None, output: OutputConfig, folder: Path
    ) -> Frames:
        width, height = output.width, output.height
        photo: NDArray[np.uint8] | None = None
        if picture is not None:
            photo = await decode_picture(self._runner, picture, folder, width, height)
        return await _PAINTING.run(
            lambda: scenes.frames_of(shot, photo, width, height, output.frame_rate)
        )

    async def _encoded(
        self, frames: Frames, count: int, output: OutputConfig, pipe: Path, into: Path
    ) -> None:
        """Encode the frames while they are painted."""
        with disk_errors():
            make_pipe(pipe)
        command = build_scene_command(
            pipe,
            into,
            count=count,
            frame_rate=output.frame_rate,
            width=output.width,
            height=output.height,
            codec=output.video_codec,
            bitrate=output.video_bitrate,
            ffmpeg=self._runner.ffmpeg,
        )
        stopped = Event()

        async def paint() -> None:
            await _PAINTING.run(lambda: feed(pipe, frames.all(count), stopped), stop=stopped.set)

        async def encode() -> None:
            try:
                await self._runner.run(command)
            finally:
                stopped.set()

        await run_all((paint(), encode()))
