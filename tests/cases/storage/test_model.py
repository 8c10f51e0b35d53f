"""The local disk does what the storage in memory does, whatever is asked in whatever order."""

import asyncio
import shutil
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from adapters.memory.storage import MemoryStorage
from adapters.storage.local import LocalStorage
from application.ports.storage import Storage
from domain.errors import BachataError

SEGMENTS = st.sampled_from(["a", "b", "A", "é", "e\u0301", "a b+c", "~" * 9, "x" * 300])
PATHS = st.lists(SEGMENTS, min_size=1, max_size=3).map("/".join) | st.sampled_from(
    ["", "..", "a/../b", "/a", "a//b", ".incoming", ".incoming/a", "~" + "0" * 64]
)
PARTS = st.integers(0, 12)


class TwoStorages(RuleBasedStateMachine):
    """Asks both the same and compares the answers."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="bachata-model-"))
        self.runner = asyncio.Runner()
        self.storages: tuple[Storage, ...] = (
            MemoryStorage(),
            LocalStorage(self.folder / "media"),
        )

    def teardown(self) -> None:
        self.runner.close()
        shutil.rmtree(self.folder)

    def compare(self, ask: Callable[[Storage], Awaitable[object]]) -> None:
        async def answer(storage: Storage) -> object:
            try:
                return await ask(storage)
            except BachataError as refusal:
                return type(refusal)

        memory, local = (self.runner.run(answer(storage)) for storage in self.storages)
        assert memory == local

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


TestTwoStorages = TwoStorages.TestCase
TestTwoStorages.settings = settings(
    max_examples=100, stateful_step_count=20, deadline=None, database=None
)
