"""The cache driven at random, with trouble at each call of the storage behind it."""

import asyncio
import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from adapters.memory.storage import MemoryStorage
from adapters.storage.artifact_cache import LocalArtifactCache
from domain.shared.errors import Broken, SpoiledFile
from tests.world.trouble import LASTING, Injected, Kind, Trouble

KEYS = st.sampled_from(["clip-a", "clip-b"])
TROUBLE = st.none() | st.tuples(st.integers(0, 3), st.sampled_from(LASTING))


def read(path: Path) -> str:
    text = path.read_text()
    if not text.startswith("made of "):
        raise SpoiledFile
    return text


class CacheMachine(RuleBasedStateMachine):
    """Two machines share a storage; whatever they are given is whole, and is what was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.root = Path(self.folder.name)
        self.trouble = Trouble()
        self.storage = MemoryStorage()
        self.number = 0

    @rule(key=KEYS, machine=st.sampled_from("xy"), trouble=TROUBLE, most=st.sampled_from([0, 9999]))
    def take(self, key: str, machine: str, trouble: tuple[int, Kind] | None, most: int) -> None:
        self.number += 1
        into = self.root / f"into-{self.number}"
        if trouble is not None:
            at, self.trouble.kind = trouble
            self.trouble.at = len(self.trouble.calls) + at

        async def make(path: Path) -> None:
            path.write_text(f"made of {key}")  # noqa: ASYNC240

        async def take_entry() -> str | BaseException:
            storage = self.trouble.around(self.storage, "storage")
            artifacts = LocalArtifactCache(self.root / machine, storage, most)
            work = asyncio.ensure_future(artifacts.get_or_create(key, into, make, read))
            self.trouble.victim = work
            (answer,) = await asyncio.gather(work, return_exceptions=True)
            self.trouble.at = None
            await self.trouble.land()
            return answer

        answer = asyncio.run(take_entry())
        if isinstance(answer, str):
            assert answer == into.read_text() == f"made of {key}"
        else:
            assert isinstance(answer, Injected | Broken | asyncio.CancelledError), answer

    @rule(key=KEYS)
    def a_file_of_the_storage_is_spoiled(self, key: str) -> None:
        if f"cache/{key}" in self.storage.objects:
            self.storage.objects[f"cache/{key}"] = b"spoiled"

    @rule(key=KEYS, machine=st.sampled_from("xy"))
    def all_is_well_again(self, key: str, machine: str) -> None:
        self.trouble.back()
        self.take(key, machine, None, 9999)
        assert (self.root / f"into-{self.number}").read_text() == f"made of {key}"

    @invariant()
    def nothing_half_made_is_left(self) -> None:
        for machine in "xy":
            making = self.root / machine / "making"
            assert not making.exists() or not [*making.iterdir()]

    def teardown(self) -> None:
        self.folder.cleanup()


TestCache = CacheMachine.TestCase
TestCache.settings = settings(max_examples=100, stateful_step_count=10, deadline=None)
