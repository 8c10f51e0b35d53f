"""Store idempotency keys, within the transaction that submits their jobs."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.moments import Ago, Now
from adapters.database.tables import IdempotencyKeyRow
from application.ports.jobs import IdempotencyKey
from domain.jobs.errors import KeyReused
from domain.jobs.job import Job

KEPT: Final = timedelta(hours=24)
"""Time for which a key replays its answer."""


async def earlier_job(
    connection: AsyncConnection, owner: str, asked: IdempotencyKey
) -> UUID | None:
    """Return the job that the key has submitted; raises `KeyReused` for another request."""
    same = (IdempotencyKeyRow.owner == owner, IdempotencyKeyRow.key == asked.key)
    expired = delete(IdempotencyKeyRow).where(*same, IdempotencyKeyRow.created_at < Ago(KEPT))
    await connection.execute(expired)
    query = select(IdempotencyKeyRow.fingerprint, IdempotencyKeyRow.job_id).where(*same)
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        return None
    if row.fingerprint != asked.fingerprint:
        raise KeyReused
    return row.job_id


async def record_key(connection: AsyncConnection, job: Job, asked: IdempotencyKey) -> None:
    """Record that the key has submitted the job."""
    row = insert(IdempotencyKeyRow).values(
        owner=job.owner,
        key=asked.key,
        fingerprint=asked.fingerprint,
        job_id=job.job_id,
        created_at=Now(),
    )
    await connection.execute(row)
