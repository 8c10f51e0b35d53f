"""Store scripts and what is known about their videos."""

from collections.abc import Iterable
from uuid import UUID

import msgspec
from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.engine import Database
from adapters.database.tables import NarratedVideoRow, ScriptRow
from domain.scripts.errors import ScriptNotFound
from domain.scripts.narrated_video import NarratedVideo
from domain.scripts.script import Script


class SqlScriptRepository:
    """Each call is one short transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, script: Script) -> None:
        """See `application.ports.scripts.ScriptRepository`."""
        row = insert(ScriptRow).values(
            script_id=script.script_id,
            owner=script.owner,
            document=msgspec.json.encode(script).decode(),
        )
        await self._database.write(row)

    async def get(self, script_id: UUID) -> Script:
        """See `application.ports.scripts.ScriptRepository`."""
        query = select(ScriptRow.document).where(ScriptRow.script_id == script_id)
        rows = await self._database.read(query)
        if not rows:
            raise ScriptNotFound
        return msgspec.json.decode(rows[0].document, type=Script)

    async def remove(self, script_id: UUID) -> None:
        """See `application.ports.scripts.ScriptRepository`."""
        await self._database.write(delete(ScriptRow).where(ScriptRow.script_id == script_id))

    async def keep_video(self, video: NarratedVideo) -> None:
        """See `application.ports.scripts.ScriptRepository`."""
        before = delete(NarratedVideoRow).where(NarratedVideoRow.video_id == video.video_id)
        row = insert(NarratedVideoRow).values(
            video_id=video.video_id, document=msgspec.json.encode(video).decode()
        )

        async def work(connection: AsyncConnection) -> None:
            await connection.execute(before)
            await connection.execute(row)

        await self._database.transact(work)

    async def video(self, video_id: UUID) -> NarratedVideo | None:
        """See `application.ports.scripts.ScriptRepository`."""
        return (await self.videos([video_id])).get(video_id)

    async def videos(self, video_ids: Iterable[UUID]) -> dict[UUID, NarratedVideo]:
        """See `application.ports.scripts.ScriptRepository`."""
        known = NarratedVideoRow.video_id.in_(tuple(video_ids))
        rows = await self._database.read(select(NarratedVideoRow.document).where(known))
        videos = (msgspec.json.decode(row.document, type=NarratedVideo) for row in rows)
        return {video.video_id: video for video in videos}

    async def remove_video(self, video_id: UUID) -> None:
        """See `application.ports.scripts.ScriptRepository`."""
        row = delete(NarratedVideoRow).where(NarratedVideoRow.video_id == video_id)
        await self._database.write(row)
