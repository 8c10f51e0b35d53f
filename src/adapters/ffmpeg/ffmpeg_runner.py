"""Run FFmpeg: find it once, and limit the parallel processes."""

import asyncio
import contextlib
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Generator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Final

from adapters.cage.cage import Cage, Limits
from adapters.ffmpeg.find import FFmpeg, encoders_in, short_version
from adapters.ffmpeg.process import TAIL, Line, run
from adapters.media.messages import Look as Seen
from application.concurrency.timeouts import place_in
from application.concurrency.work_priority import Places
from application.media.disk_errors import disk_errors
from application.monitoring.catalogue import FFMPEG_CPU_SECONDS, FFMPEG_PEAK_BYTES, FFMPEG_RUNS
from application.monitoring.no_metrics import NO_METRICS
from application.ports.metrics import Metrics
from domain.rendering.used_resources import UsedResources
from domain.shared.errors import FFmpegFailed, FFmpegMissing

_QUEUE_WAIT: Final = 2 * 60 * 60.0
"""Maximum seconds that a command waits in the queue, behind the preparation of a whole library."""

_OUTPUTS: Final[dict[tuple[str, ...], tuple[tuple[int, int, int], list[str]]]] = {}
"""FFmpeg's output about itself by its path and the options, with the state of the executable.

The runners of a process share it, because each start of FFmpeg takes time.
"""

Find = Callable[[], FFmpeg]
Look = Callable[[Path], Awaitable[Seen]]
"""Returns the properties of a file that FFmpeg needs; raises `UnreadableMedia`."""


class FFmpegRunner:
    """Runs at most ``at_once`` FFmpeg processes; searches FFmpeg at the first use.

    Work of low priority has half as many places of its own.
    """

    def __init__(
        self,
        look: Look,
        find: Find,
        *,
        at_once: int,
        limits: Limits | None = None,
        cage: Cage | None = None,
        metrics: Metrics = NO_METRICS,
    ) -> None:
        self.look = look
        self._find = find
        self._cage = cage or Cage()
        self._metrics = metrics
        self._limits = limits or Limits()
        self.at_once = at_once
        self._places = Places(at_once)
        self._ffmpeg: FFmpeg | None = None
        self._asking = asyncio.Lock()
        """Makes parallel callers share one request for FFmpeg's version."""

    @property
    def ffmpeg(self) -> str:
        """Path of the executable; raises `FFmpegMissing`."""
        return self._here().path

    def _here(self) -> FFmpeg:
        if self._ffmpeg is None:
            self._ffmpeg = self._find()
        return self._ffmpeg

    async def run(
        self,
        argv: Sequence[str],
        *,
        reads: Sequence[str] = (),
        on_line: Line | None = None,
        tail: int = TAIL,
    ) -> list[str]:
        """Run one command when a place is free; raises as `process.run` does.

        The process can read its inputs and ``reads``, and write to the folder of its output.
        """
        inputs, folders = places(argv)
        async with place_in(self._places.free, "a free place for FFmpeg", _QUEUE_WAIT):
            with self._counted():
                try:
                    return await run(
                        argv,
                        cage=self._cage,
                        reads=(*inputs, *reads),
                        writes=folders,
                        on_line=on_line,
                        limits=self._limits,
                        tail=tail,
                        on_end=self._measure,
                    )
                except (FileNotFoundError, PermissionError):
                    raise FFmpegMissing from None

    @contextlib.contextmanager
    def _counted(self) -> Generator[None]:
        """Count a run with its outcome: `completed`, `failed` or `cancelled`."""
        outcome = "failed"
        try:
            yield
            outcome = "completed"
        except asyncio.CancelledError:
            outcome = "cancelled"
            raise
        finally:
            self._metrics.add(FFMPEG_RUNS, outcome)

    def _measure(self, used: UsedResources) -> None:
        self._metrics.add(FFMPEG_CPU_SECONDS, amount=used.cpu_seconds)
        self._metrics.observe(FFMPEG_PEAK_BYTES, used.peak_memory_bytes)

    async def generation(self) -> str:
        """Return the major version, which determines the results: 'ffmpeg 7'."""
        return (await self.version()).partition(".")[0]

    async def version(self) -> str:
        """Return the version, such as 'ffmpeg 7.0.2 (imageio-ffmpeg)'; raises `FFmpegMissing`."""
        return short_version(self._here(), await self._of_itself("-version"))

    async def build(self) -> str:
        """Return the version with libraries and build options; raises `FFmpegMissing`."""
        return "\n".join(await self._of_itself("-version"))

    async def _of_itself(self, *options: str) -> list[str]:
        """Return FFmpeg's output about itself.

        It is cached while the executable stays the same, because all places for processes may be
        taken.
        """
        file = self._file()
        if (known := self._cached(options, file)) is not None:
            return known
        async with place_in(self._asking, "FFmpeg to list its features", _QUEUE_WAIT):
            if (known := self._cached(options, file)) is not None:
                return known
            lines: list[str] = []
            await self.run([self.ffmpeg, *options], on_line=lines.append)
            _OUTPUTS[self.ffmpeg, *options] = (file, lines)
            return lines

    def _cached(self, options: tuple[str, ...], file: tuple[int, int, int]) -> list[str] | None:
        entry = _OUTPUTS.get((self.ffmpeg, *options))
        return entry[1] if entry is not None and entry[0] == file else None

    def _file(self) -> tuple[int, int, int]:
        """Return values that change when the executable changes."""
        try:
            status = Path(self.ffmpeg).stat()
        except OSError:
            raise FFmpegMissing from None
        return status.st_ino, status.st_size, status.st_mtime_ns

    async def require(self, encoder: str) -> None:
        """Raise `FFmpegFailed` if this FFmpeg does not have the encoder."""
        if encoder not in encoders_in(await self._of_itself("-hide_banner", "-encoders")):
            raise FFmpegFailed(f"The FFmpeg on this machine lacks the encoder {encoder!r}.")


def places(argv: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the files that an FFmpeg command reads, and the folders that it writes to."""
    inputs = [path for option, path in pairwise(argv) if option == "-i" and path.startswith("/")]
    output = argv[-1]
    return inputs, [str(Path(output).parent)] if output.startswith("/") else []


@contextlib.contextmanager
def temporary_folder(into: Path) -> Generator[Path]:
    """Create a temporary folder beside ``into``, and delete it with its content on exit."""
    with disk_errors():
        folder = Path(tempfile.mkdtemp(prefix=f".{into.name}.", dir=into.parent))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def keep(draft: Path, into: Path) -> None:
    """Rename a checked file to its final name."""
    draft.replace(into)
