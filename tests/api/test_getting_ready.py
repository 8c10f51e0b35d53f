"""Slow work at the start runs beside the requests."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.memory.description_model import MemoryDescriptionModel
from tests.api.memory_backend import Lines, MemoryBackend

pytestmark = pytest.mark.anyio


class SlowDescriptionModel(MemoryDescriptionModel):
    """Is never ready; knows whether it was asked to be, and that nobody waits any more."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = asyncio.Event()
        self.left = False

    async def ready(self) -> None:
        self.asked.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.left = True


class BrokenDescriptionModel(MemoryDescriptionModel):
    """Cannot get ready."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = asyncio.Event()

    async def ready(self) -> None:
        self.asked.set()
        raise RuntimeError("out of order")


async def test_a_choreographer_gets_ready_while_requests_are_answered(tmp_path: Path) -> None:
    backend, slow = MemoryBackend(tmp_path), SlowDescriptionModel()
    backend.ports = replace(backend.ports, description_model=slow)
    await backend.furnish()
    async with backend.client() as client:
        await slow.asked.wait()
        body = {"query": "easy and calm"}
        answer = await client.post("/api/choreography/parse-query", json=body)
        assert answer.status_code == 200
        assert not slow.left
    assert slow.left


async def test_a_choreographer_that_cannot_get_ready_harms_nothing(
    tmp_path: Path, lines: Lines
) -> None:
    backend, broken = MemoryBackend(tmp_path), BrokenDescriptionModel()
    backend.ports = replace(backend.ports, description_model=broken)
    async with backend.client() as client:
        await broken.asked.wait()
        assert (await client.get("/health/live")).status_code == 200
    [entry] = [line for line in lines() if line["event"] == "the description model is not ready"]
    assert entry["level"] == "error"
