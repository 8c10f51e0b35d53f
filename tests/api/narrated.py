"""Narrated videos over ports in memory, as a client asks for them."""

from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

import httpx

from adapters.memory.encoder import song
from adapters.memory.scene_encoder import picture
from domain.storage.assets import AssetKind, MediaAsset
from tests.api.memory_backend import MemoryBackend

UPLOAD = "/api/scripts/upload"
GENERATE = "/api/videos/generate"
TEXT = "Hola a todos.\n\nHoy bailamos bachata en la playa.\n\n¡Vamos!"


async def uploaded(client: httpx.AsyncClient, content: str = TEXT, **fields: Any) -> str:
    """Store a script and return its id."""
    answer = await client.post(UPLOAD, json={"content": content, **fields})
    assert answer.status_code == 201, answer.text
    return answer.json()["script_id"]


async def submitted(client: httpx.AsyncClient, content: str = TEXT, **options: Any) -> str:
    """Ask for the video of a new script and return the id of its job."""
    script_id = await uploaded(client, content)
    answer = await client.post(GENERATE, json={"script_id": script_id, **options})
    assert answer.status_code == 202, answer.text
    return answer.json()["id"]


async def ended(client: httpx.AsyncClient, job_id: str) -> dict[str, Any]:
    """Wait for the end of a job and return its state."""
    events = await client.get(f"/api/tasks/{job_id}/events")
    assert events.status_code == 200, events.text
    return (await client.get(f"/api/videos/jobs/{job_id}/status")).json()


async def made(client: httpx.AsyncClient, content: str = TEXT, **options: Any) -> dict[str, Any]:
    """Make the video of a new script and return the state of its job."""
    return await ended(client, await submitted(client, content, **options))


async def own_file(
    backend: MemoryBackend, kind: AssetKind, name: str, content: bytes | None = None, **facts: Any
) -> MediaAsset:
    """Store a picture or an audio file of the local user; None is a good one."""
    if content is None:
        content = picture(name) if kind is AssetKind.IMAGE else song(3)
    asset_id = uuid4()
    asset = MediaAsset(
        asset_id=asset_id,
        owner="local",
        kind=kind,
        path=f"assets/{kind}/{asset_id}",
        size=len(content),
        digest=sha256(content).hexdigest(),
        name=name,
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
        **facts,
    )
    backend.storage.objects[asset.path] = content
    await backend.ports.media_assets.add(asset)
    return asset


def film_of(backend: MemoryBackend, video_id: str) -> bytes:
    """Return the bytes of a finished video."""
    path = backend.final(UUID(video_id)).output_path
    assert path is not None
    return backend.storage.objects[path]
