"""Whenever the making of a script's video is stopped, nothing of it stays."""

import asyncio
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.memory.scripts import MemoryScriptRepository
from application.concurrency.timeouts import Timeouts
from application.jobs.read_jobs import JobSummary
from application.ports.jobs import JobFilter
from domain.jobs.job import ENDED
from domain.scripts.composition import CompositionSettings, VideoQuality
from domain.scripts.errors import ScriptNotFound
from domain.scripts.script import Script
from domain.storage.asset_files import UploadedKind
from entrypoints.cli.script_file import OwnFile, ScriptFile
from entrypoints.cli.script_making import ScriptOrder, made
from entrypoints.cli.session import Session
from entrypoints.wiring.wire import wire
from tests.api.memory_backend import MemoryBackend
from tests.world.pictures import png

LIMIT = 20.0


class KeptScripts(MemoryScriptRepository):
    """Scripts whose ids are known."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[UUID] = []

    async def add(self, script: Script) -> None:
        self.ids.append(script.script_id)
        await super().add(script)


def shown(_: JobSummary) -> None:
    """Nobody looks."""


@given(steps=st.integers(0, 1500))
@settings(max_examples=100, deadline=None)
def test_a_stopped_script_leaves_no_record_and_no_file(steps: int) -> None:
    with TemporaryDirectory() as folder:
        asyncio.run(stopped_after(steps, Path(folder)))


async def stopped_after(steps: int, folder: Path) -> None:
    """Cancel the work after so many turns of the loop."""
    file = folder / "beach.png"
    file.write_bytes(png())
    backend = MemoryBackend(folder / "backend")
    scripts = KeptScripts()
    backend.ports = replace(backend.ports, scripts=scripts)
    use_cases = wire(backend.ports, backend.settings, Timeouts(heartbeat=0.05))
    opened = Session(backend.settings, use_cases, backend.storage, backend.ports.job_queue)
    order = ScriptOrder(
        script=ScriptFile(
            content="image: beach.png\nHola.\n\nAdiós.",
            files=(OwnFile(file, UploadedKind.IMAGE),),
        ),
        settings=CompositionSettings(quality=VideoQuality.LOW),
    )
    before = set(backend.storage.objects)
    work = asyncio.ensure_future(made(opened, order, "local", shown))
    for _ in range(steps):
        await asyncio.sleep(0)
    work.cancel()
    async with asyncio.timeout(LIMIT):
        await asyncio.wait({work})
    if not work.cancelled():
        assert (await use_cases.video_records.video(work.result(), "local")).status == "completed"
        return
    jobs = (await backend.jobs.page(JobFilter(), None, 9)).items
    assert all(job.state in ENDED for job in jobs)
    assert backend.tasks.history == {}
    for script_id in scripts.ids:
        with pytest.raises(ScriptNotFound):
            await scripts.get(script_id)
    assert (await backend.ports.media_assets.page("local", None, 9)).items == ()
    films = {path for path in backend.storage.objects if path.startswith(("output/", "assets/im"))}
    assert films - before == set()
    assert [each for each in (folder / "backend").rglob("*") if each.is_file()] == []
    assert file.is_file()
