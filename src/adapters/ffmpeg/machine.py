"""FFmpeg as the rest of this folder works with it: found once, run a few at a time."""

import asyncio
import contextlib
import shutil
import tempfile
from collections.abc import Callable, Generator, Sequence
from pathlib import Path

from adapters.ffmpeg.find import FFmpeg, encoders_in, named
from adapters.ffmpeg.process import TAIL, Limits, Line, run
from domain.errors import FFmpegFailed, FFmpegMissing

Find = Callable[[], FFmpeg]


class Machine:
    """Never runs more than ``at_once`` FFmpeg processes; looks for FFmpeg when first asked."""

    def __init__(self, find: Find, *, at_once: int, limits: Limits | None = None) -> None:
        self._find = find
        self._limits = limits or Limits()
        self.at_once = at_once
        self._places = asyncio.Semaphore(at_once)
        self._found: FFmpeg | None = None
        self._encoders: frozenset[str] | None = None
        self._generation: str | None = None
        self._asking = asyncio.Lock()
        """FFmpeg is asked about itself once, however many want to know."""

    @property
    def ffmpeg(self) -> str:
        """The executable; raises `FFmpegMissing`."""
        return self._here().path

    def _here(self) -> FFmpeg:
        if self._found is None:
            self._found = self._find()
        return self._found

    async def run(
        self, argv: Sequence[str], *, hear: Line | None = None, tail: int = TAIL
    ) -> list[str]:
        """Run one command line when there is room for it; raises as `process.run` does."""
        async with self._places:
            try:
                return await run(argv, hear=hear, limits=self._limits, tail=tail)
            except (FileNotFoundError, PermissionError):
                raise FFmpegMissing from None

    async def generation(self) -> str:
        """Which FFmpeg it is but for what leaves its work the same: 'ffmpeg 7'."""
        async with self._asking:
            if self._generation is None:
                self._generation = (await self.version()).partition(".")[0]
            return self._generation

    async def version(self) -> str:
        """Which FFmpeg it is, like 'ffmpeg 7.0.2 (imageio-ffmpeg)'."""
        lines: list[str] = []
        await self.run([self.ffmpeg, "-version"], hear=lines.append)
        return named(self._here(), lines)

    async def require(self, encoder: str) -> None:
        """Raise `FFmpegFailed` when this FFmpeg has no such encoder."""
        async with self._asking:
            if self._encoders is None:
                lines: list[str] = []
                await self.run([self.ffmpeg, "-hide_banner", "-encoders"], hear=lines.append)
                self._encoders = encoders_in(lines)
        if encoder not in self._encoders:
            raise FFmpegFailed(f"The FFmpeg of this machine has no encoder {encoder!r}.")


@contextlib.contextmanager
def bench_beside(into: Path) -> Generator[Path]:
    """A folder beside a file that is to be made, gone with all that is in it at the end."""
    folder = Path(tempfile.mkdtemp(prefix=f".{into.name}.", dir=into.parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def keep(made: Path, into: Path) -> None:
    """Give a file that has been checked its name."""
    made.replace(into)
