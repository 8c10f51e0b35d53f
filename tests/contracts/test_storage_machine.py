"""Every storage does what the one in memory does, whatever is asked in whatever order."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import cast
from uuid import uuid4

import msgspec
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from adapters.memory.storage import MemoryStorage
from adapters.storage import folders
from adapters.storage.bucket import Bucket, Limits
from adapters.storage.local import LocalStorage
from adapters.storage.s3 import S3Storage
from adapters.storage.s3_client import S3Client, open_client
from application.ports.storage import Storage
from domain.shared.errors import BachataError
from tests.world.google_storage import google_storage

SEGMENTS = st.sampled_from(["a", "b", "A", "é", "e\u0301", "a b+c", "~" * 9, "x" * 300])
PATHS = st.lists(SEGMENTS, min_size=1, max_size=3).map("/".join) | st.sampled_from(
    ["", "..", "a/../b", "/a", "a//b", ".incoming", ".incoming/a", "~" + "0" * 64]
)
PARTS = st.integers(0, 12)
THOROUGH = settings(max_examples=100, stateful_step_count=12, deadline=None, database=None)


Other = Callable[[Path], tuple[asyncio.Runner, Storage]]
"""Gives an empty storage of the kind that is compared, and the event loop it lives in."""


class TwoStorages(RuleBasedStateMachine):
    """Asks both the same and compares the answers."""

    def __init__(self, other: Other) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="bachata-model-"))
        self.runner, storage = other(self.folder)
        self.storages: tuple[Storage, ...] = (MemoryStorage(), storage)

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    def compare(self, ask: Callable[[Storage], Awaitable[object]]) -> None:
        async def answer(storage: Storage) -> object:
            try:
                return await ask(storage)
            except BachataError as refusal:
                return type(refusal)

        memory, other = (self.runner.run(answer(storage)) for storage in self.storages)
        assert memory == other

    @rule(path=PATHS, content=st.binary(max_size=10))
    def put(self, path: str, content: bytes) -> None:
        source = self.folder / "given"
        source.write_bytes(content)
        self.compare(lambda storage: storage.put(source, path))

    @rule(path=PATHS)
    def delete(self, path: str) -> None:
        self.compare(lambda storage: storage.delete(path))

    @rule(path=PATHS)
    def describe(self, path: str) -> None:
        async def ask(storage: Storage) -> object:
            return (await storage.describe(path)).size

        self.compare(ask)

    @rule(path=PATHS, first=PARTS, length=PARTS)
    def read(self, path: str, first: int, length: int) -> None:
        async def ask(storage: Storage) -> object:
            return b"".join([chunk async for chunk in storage.read(path, first, length)])

        self.compare(ask)

    @rule(path=PATHS)
    def files(self, path: str) -> None:
        async def ask(storage: Storage) -> object:
            pairs = [(each.path, each.size) async for each in storage.files(path)]
            # Names that are kept as their digests do not say what they are.
            return sorted(each for each in pairs if folders.is_plain(each[0]))

        self.compare(ask)

    @rule(path=PATHS)
    def fetch(self, path: str) -> None:
        into = self.folder / "into"

        async def ask(storage: Storage) -> object:
            into.unlink(missing_ok=True)
            try:
                await storage.fetch(path, into)
            except BachataError:
                assert not into.exists()
                raise
            return into.read_bytes()

        self.compare(ask)


def test_the_local_disk_does_what_memory_does() -> None:
    with asyncio.Runner() as runner:
        compared(lambda folder: (runner, LocalStorage(folder / "media")))


def test_a_bucket_does_what_memory_does(s3_bucket: Bucket) -> None:
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        client = runner.run(stack.enter_async_context(open_client(s3_bucket, Limits())))
        try:
            compared(bucket_of(client, runner))
        finally:
            runner.run(stack.aclose())


@pytest.mark.skipif(
    os.environ.get("BACHATA_TEST_LONG") != "1",
    reason="the code is that of the test above: BACHATA_TEST_LONG=1",
)
def test_a_bucket_of_google_does_what_memory_does() -> None:
    async def opened(stack: AsyncExitStack) -> S3Client:
        server = await stack.enter_async_context(google_storage())
        return await stack.enter_async_context(open_client(server.bucket, Limits()))

    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        client = runner.run(opened(stack))
        try:
            compared(bucket_of(client, runner))
        finally:
            runner.run(stack.aclose())


def compared(other: Other) -> None:
    """Try many sequences of calls, each on two storages that are empty."""
    machine = cast(type[RuleBasedStateMachine], lambda: TwoStorages(other))
    run_state_machine_as_test(machine, settings=THOROUGH)


def bucket_of(client: S3Client, runner: asyncio.Runner) -> Other:
    """An empty folder of a bucket for every example."""

    def empty(folder: Path) -> tuple[asyncio.Runner, Storage]:
        bucket = msgspec.structs.replace(client.bucket, folder=uuid4().hex)
        return runner, S3Storage(S3Client(client.client, bucket, client.limits))

    return empty
