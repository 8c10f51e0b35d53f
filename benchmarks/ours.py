"""The product's own ways, in process: cold, warm, the joiner alone, and with one move swapped."""

import asyncio
import shutil
from collections.abc import Coroutine, Generator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import msgspec

from adapters.ffmpeg.encoder import FFmpegEncoder
from adapters.media.caged import CagedProbe
from adapters.media.worker import MediaWorker
from application.media.fetched_files import FetchedFiles, OnHand
from application.ports.footage import Footage
from benchmarks.job import SONG, Job, anew, swapped
from benchmarks.measure import Run
from benchmarks.running import Running, running
from domain.blueprint.model import Blueprint
from domain.blueprint.timeline import Timeline, laid_out
from domain.shared import paths
from entrypoints import logs
from entrypoints.bootstrap import open_ports
from entrypoints.settings import Settings
from entrypoints.wiring.wire import wire

T = TypeVar("T")


class Service:
    """The product over one data folder, open for one piece of work after another."""

    def __init__(self, data: Path, runner: Running, stack: AsyncExitStack) -> None:
        self._data = data
        self._runner = runner
        self.settings = Settings(data_dir=str(data))
        self.ports = self.do(stack.enter_async_context(open_ports(self.settings)))
        self._use_cases = wire(self.ports, self.settings)

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        """Carry work to its end."""
        return self._runner.run(work)

    def store(self, files: dict[str, Path]) -> None:
        """Put files into the storage."""
        for path, file in files.items():
            self.do(self.ports.storage.put(file, path))

    def assembled(self, blueprint: Blueprint) -> Path:
        """Make the film of a Blueprint, by the whole use case; return where it lies."""
        self.do(self._use_cases.assemble(blueprint, paths.LOCAL_USER))
        return film_of(self._data, blueprint)

    def assembling(self, blueprint: Blueprint) -> Run:
        """The same, to be measured."""
        return Run(lambda: self.assembled(blueprint), film_of(self._data, blueprint))


@contextmanager
def service(data: Path) -> Generator[Service]:
    """Open the product's own adapters over a data folder."""
    logs.configure("warning")
    with running() as runner:
        stack = AsyncExitStack()
        try:
            yield Service(data, runner, stack)
        finally:
            runner.run(stack.aclose())


def film_of(data: Path, blueprint: Blueprint) -> Path:
    """Return the file of a Blueprint's film in the local storage."""
    return data / "media" / blueprint.output_config.output_path


def files_of(job: Job) -> dict[str, Path]:
    """Return the media of a film by storage path."""
    return {SONG: job.song, **job.clips}


def cold(job: Job) -> Generator[Run]:
    """The whole use case over a new data folder that has the clips and the song and no more."""
    while True:
        data = job.fresh("")
        with service(data) as opened:
            opened.store(files_of(job))
            yield opened.assembling(anew(job.blueprint))
        shutil.rmtree(data)


def warm(job: Job) -> Generator[Run]:
    """The whole use case for a film of which everything is kept, on a service in use."""
    with service(job.data) as opened:
        opened.assembled(anew(job.blueprint)).unlink()
        while True:
            yield opened.assembling(anew(job.blueprint))


def one_swapped(job: Job) -> Generator[Run]:
    """The whole use case, with a clip in the middle that was never seen before."""
    with service(job.data) as opened:
        opened.assembled(anew(job.blueprint)).unlink()
        while True:
            clip, file = _never_seen(job)
            opened.store({clip: file})
            yield opened.assembling(swapped(job.blueprint, clip))
            file.unlink()


def one_clip(job: Job) -> Generator[Run]:
    """That clip encoded by itself, whole."""
    with running() as runner, MediaWorker("entrypoints.media_worker") as worker:
        probe = CagedProbe(worker)
        encoder = FFmpegEncoder(probe.details, at_once=1)
        output = job.blueprint.output_config
        before = job.fresh()
        # FFmpeg is asked about its version and encoders once in a process.
        runner.run(encoder.sample(output, before))
        before.unlink()
        while True:
            clip, file = _never_seen(job)
            files = OnHand({clip: file}, probe)
            into = job.fresh()
            yield Run(
                lambda f=files, c=clip, i=into: runner.run(encoder.whole(c, f, output, i)), into
            )
            file.unlink()


def joiner(job: Job) -> Generator[Run]:
    """The last step alone: from cuts that are ready, in a process that made them so, to the film.

    As in every film, their headers were read when they became ready.
    """
    timeline = laid_out(job.blueprint)
    folder = job.fresh("")
    folder.mkdir()
    with service(job.data) as opened:
        fetched = _fetched(opened, folder)
        footage = opened.do(_cut(opened, timeline, fetched, folder))
        add_audio = opened.ports.encoder.add_audio
        while True:
            into = job.fresh()
            yield Run(
                lambda i=into: opened.do(add_audio(footage, timeline.soundtrack, fetched, i)), into
            )


def ready(job: Job) -> Job:
    """The same job once all of it is kept, with the finished film and what it was joined of."""
    timeline = laid_out(job.blueprint)
    folder = job.fresh("")
    folder.mkdir()
    with service(job.data) as opened:
        opened.store({path: file for path, file in files_of(job).items() if not _kept(job, path)})
        encoder, fetched = opened.ports.encoder, _fetched(opened, folder)

        async def made() -> Footage:
            reel = await _cut(opened, timeline, fetched, folder)
            await encoder.add_audio(reel, timeline.soundtrack, fetched, folder / "film.mp4")
            await encoder.inspect(folder / "film.mp4", timeline)
            return reel

        shots = opened.do(made()).shots
    sound = next(folder.glob("sound-*.mp4"))
    return msgspec.structs.replace(job, shots=shots, sound=sound, finished=folder / "film.mp4")


async def _cut(opened: Service, timeline: Timeline, fetched: FetchedFiles, folder: Path) -> Footage:
    """All cuts of a film, ready to be joined by files that are in ``folder``."""
    clips, into = opened.ports.clips, folder / "cut.mp4"
    cuts = (clips.normalise(cut, fetched, timeline.output, into) for cut in timeline.cuts)
    return await opened.ports.encoder.concatenate(await asyncio.gather(*cuts), folder / "reel.mp4")


def _kept(job: Job, path: str) -> bool:
    return (job.data / "media" / path).exists()


def _fetched(opened: Service, folder: Path) -> FetchedFiles:
    ports, gate = opened.ports, asyncio.Semaphore(opened.settings.fetches_at_once)
    return FetchedFiles(ports.storage, ports.artifacts, ports.media_probe, folder, gate)


def _never_seen(job: Job) -> tuple[str, Path]:
    """The spare clip with other bytes at its end, which no player looks at."""
    file = job.fresh()
    free = (24).to_bytes(4, "big") + b"free" + uuid4().bytes
    file.write_bytes(job.spare.read_bytes() + free)
    return f"clips/{file.name}", file
