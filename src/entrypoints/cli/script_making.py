"""Make the video of a script in a command, and leave nothing if it is stopped."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import msgspec

from application.concurrency.shielding import finish_even_if_cancelled
from application.jobs.read_jobs import JobSummary
from domain.scripts.composition import CompositionSettings, VideoRequest
from domain.scripts.errors import ScriptNotFound, VideoInProgress
from domain.scripts.languages import Language
from domain.shared.errors import VideoNotFound
from domain.storage.assets import AssetNotFound
from entrypoints.cli.console import say, talker
from entrypoints.cli.own_job import followed, refuse_failure, running, stopped
from entrypoints.cli.script_file import ScriptFile
from entrypoints.cli.session import Session


@dataclass(frozen=True, slots=True)
class Records:
    """The ids of everything that a command adds, known before it is added."""

    owner: str
    script_id: UUID = field(default_factory=uuid4)
    video_id: UUID = field(default_factory=uuid4)
    asset_ids: list[UUID] = field(default_factory=list[UUID])


class ScriptOrder(msgspec.Struct, frozen=True, kw_only=True):
    """A script whose video is to be made."""

    script: ScriptFile
    settings: CompositionSettings
    title: str | None = None
    language: Language | None = None


async def made(
    opened: Session, order: ScriptOrder, owner: str, show: Callable[[JobSummary], None]
) -> UUID:
    """Return the id of the finished video; raises as the use cases and as the job does.

    A cancelled call removes the video, its script, and the files that it has added.
    """
    records = Records(owner)
    try:
        await _make(opened, order, records, show)
    except asyncio.CancelledError:
        await finish_even_if_cancelled(_remove(opened, records))
        raise
    return records.video_id


async def _make(
    opened: Session, order: ScriptOrder, records: Records, show: Callable[[JobSummary], None]
) -> None:
    use_cases, owner, video_id = opened.use_cases, records.owner, records.video_id
    for own in order.script.files:
        records.asset_ids.append(uuid4())
        await use_cases.take_asset(own.file, own.kind, records.asset_ids[-1], owner)
    script = await use_cases.upload_script(
        records.script_id, owner, order.script.content, order.title, order.language
    )
    request = VideoRequest(script_id=script.script_id, **msgspec.structs.asdict(order.settings))
    await use_cases.submit_video(request, video_id, owner)
    async with running(opened, video_id):
        try:
            job = await followed(use_cases, video_id, show)
        except asyncio.CancelledError:
            # The job must end here before its worker does, which would hand it back.
            await finish_even_if_cancelled(stopped(use_cases, video_id))
            raise
    refuse_failure(job)


async def _remove(opened: Session, records: Records) -> None:
    use_cases, owner = opened.use_cases, records.owner
    await stopped(use_cases, records.video_id)
    try:
        with suppress(VideoNotFound):
            await use_cases.remove_video(records.video_id, owner)
    except VideoInProgress:
        say(talker(), f"The job {records.video_id} is cancelled, but its worker has not ended it.")
        return
    with suppress(ScriptNotFound):
        await use_cases.remove_script(records.script_id, owner)
    for asset_id in records.asset_ids:
        with suppress(AssetNotFound):
            await use_cases.remove_asset(asset_id, owner)
