"""The contract of every ArtifactCache."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.memory.artifact_cache import MemoryArtifactCache
from adapters.memory.storage import MemoryStorage
from adapters.storage.artifact_cache import LocalArtifactCache
from adapters.storage.local import LocalStorage
from application.ports.artifact_cache import ArtifactCache
from domain.shared.errors import Broken, FFmpegFailed, SpoiledFile

pytestmark = pytest.mark.anyio

LARGE = 10**9

CACHES: dict[str, Callable[[Path], ArtifactCache]] = {
    "memory": lambda _: MemoryArtifactCache(),
    "local, storage in memory": lambda root: LocalArtifactCache(
        root / "cache", MemoryStorage(), LARGE
    ),
    "local, local storage": lambda root: LocalArtifactCache(
        root / "cache", LocalStorage(root / "media"), LARGE
    ),
    "local, no storage": lambda root: LocalArtifactCache(root / "cache", None, LARGE),
    "local, room for nothing": lambda root: LocalArtifactCache(root / "cache", MemoryStorage(), 0),
}


@pytest.fixture(params=list(CACHES))
def artifacts(request: pytest.FixtureRequest, tmp_path: Path) -> ArtifactCache:
    return CACHES[request.param](tmp_path)


@pytest.fixture
def work(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    return folder


class Maker:
    """Makes files, and counts them."""

    def __init__(self, content: str = "whole") -> None:
        self.content = content
        self.begun = 0
        self.at_work = 0
        self.hold: asyncio.Event | None = None
        self.started = asyncio.Event()

    async def __call__(self, into: Path) -> None:
        self.begun += 1
        self.at_work += 1
        assert self.at_work == 1
        self.started.set()
        try:
            if self.hold is not None:
                await self.hold.wait()
            into.write_text(self.content)  # noqa: ASYNC240
        finally:
            self.at_work -= 1


def read(path: Path) -> str:
    text = path.read_text()
    if text == "spoiled":
        raise SpoiledFile
    return text


def contents(folder: Path) -> list[str]:
    return sorted(path.read_text() for path in folder.iterdir())


async def test_what_was_made_once_is_not_made_again(artifacts: ArtifactCache, work: Path) -> None:
    make = Maker()
    for name in ("a", "b", "a"):
        assert await artifacts.get_or_create("key", work / name, make, read) == "whole"
        assert (work / name).read_text() == "whole"
    assert make.begun == 1


async def test_keys_do_not_get_in_each_others_way(artifacts: ArtifactCache, work: Path) -> None:
    for key in ("one", "two"):
        assert await artifacts.get_or_create(key, work / key, Maker(key), read) == key
    for key in ("one", "two"):
        assert (
            await artifacts.get_or_create(key, work / f"{key}-again", Maker("other"), read) == key
        )


async def test_however_many_ask_at_once_one_makes(artifacts: ArtifactCache, work: Path) -> None:
    make = Maker()
    asking = [artifacts.get_or_create("key", work / str(index), make, read) for index in range(20)]
    assert await asyncio.gather(*asking) == ["whole"] * 20
    assert make.begun == 1
    assert contents(work) == ["whole"] * 20


async def test_a_file_given_out_stays_whatever_the_shelf_forgets(
    artifacts: ArtifactCache, work: Path
) -> None:
    await artifacts.get_or_create("first", work / "first", Maker("first"), read)
    for index in range(5):
        await artifacts.get_or_create(f"other-{index}", work / str(index), Maker("x" * 1000), read)
    assert (work / "first").read_text() == "first"
    assert await artifacts.get_or_create("first", work / "again", Maker("first"), read) == "first"


async def test_a_failure_is_told_and_keeps_nothing(artifacts: ArtifactCache, work: Path) -> None:
    async def fail(into: Path) -> None:
        into.write_text("half")  # noqa: ASYNC240
        raise FFmpegFailed(details="no")

    with pytest.raises(FFmpegFailed):
        await artifacts.get_or_create("key", work / "a", fail, read)
    assert contents(work) == []
    assert await artifacts.get_or_create("key", work / "a", Maker(), read) == "whole"


async def test_what_is_made_and_cannot_be_read_is_not_kept(
    artifacts: ArtifactCache, work: Path
) -> None:
    with pytest.raises(SpoiledFile):
        await artifacts.get_or_create("key", work / "a", Maker("spoiled"), read)
    assert contents(work) == []
    assert await artifacts.get_or_create("key", work / "a", Maker(), read) == "whole"


async def test_what_is_kept_and_can_no_longer_be_read_is_made_again(
    artifacts: ArtifactCache, work: Path
) -> None:
    await artifacts.get_or_create("key", work / "a", Maker("old"), read)

    def strict(path: Path) -> str:
        if path.read_text() == "old":
            raise SpoiledFile
        return path.read_text()

    make = Maker("new")
    asking = [
        artifacts.get_or_create("key", work / f"b{index}", make, strict) for index in range(5)
    ]
    assert await asyncio.gather(*asking) == ["new"] * 5
    assert make.begun == 1
    assert (work / "a").read_text() == "old"


async def test_one_who_gives_up_leaves_the_work_to_those_who_wait(
    artifacts: ArtifactCache, work: Path
) -> None:
    make = Maker()
    make.hold = asyncio.Event()
    first = asyncio.create_task(artifacts.get_or_create("key", work / "a", make, read))
    await make.started.wait()
    second = asyncio.create_task(artifacts.get_or_create("key", work / "b", make, read))
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.wait([first])
    assert first.cancelled()
    make.hold.set()
    assert await second == "whole"
    assert contents(work) == ["whole"]


async def test_when_one_fails_the_next_one_tries(artifacts: ArtifactCache, work: Path) -> None:
    started, gate = asyncio.Event(), asyncio.Event()

    async def fail(into: Path) -> None:
        started.set()
        await gate.wait()
        raise FFmpegFailed

    first = asyncio.create_task(artifacts.get_or_create("key", work / "a", fail, read))
    await started.wait()
    second = asyncio.create_task(artifacts.get_or_create("key", work / "b", Maker(), read))
    await asyncio.sleep(0)
    gate.set()
    with pytest.raises(FFmpegFailed):
        await first
    assert await second == "whole"


async def test_one_that_is_cancelled_has_ended_its_work(
    artifacts: ArtifactCache, work: Path
) -> None:
    make = Maker()
    make.hold = asyncio.Event()
    asking = asyncio.create_task(artifacts.get_or_create("key", work / "a", make, read))
    await make.started.wait()
    asking.cancel()
    await asyncio.wait([asking])
    assert make.at_work == 0
    assert contents(work) == []


Step = tuple[str, str]


@pytest.mark.parametrize("name", list(CACHES))
@given(
    steps=st.lists(
        st.tuples(st.sampled_from("abc"), st.sampled_from(["take", "fail", "cancel"])), max_size=12
    )
)
@settings(max_examples=100)
def test_whatever_happens_a_key_gives_what_was_made_for_it_first(
    name: str, steps: list[Step], tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = tmp_path_factory.mktemp("cache")

    async def work() -> None:
        artifacts = CACHES[name](root)
        first_contents: dict[str, str] = {}
        for index, (key, kind) in enumerate(steps):
            into = root / f"{index}"
            content = f"{key}{index}"
            if kind == "take":
                given_out = await artifacts.get_or_create(key, into, Maker(content), read)
                assert given_out == first_contents.setdefault(key, content)
                assert into.read_text() == given_out
            elif key not in first_contents:
                await _in_vain(artifacts, key, into, kind)
                assert not into.exists()

    asyncio.run(work())


async def _in_vain(artifacts: ArtifactCache, key: str, into: Path, kind: str) -> None:
    stuck = asyncio.Event()

    async def never(path: Path) -> None:
        stuck.set()
        if kind == "fail":
            raise FFmpegFailed
        await asyncio.Event().wait()

    make: Callable[[Path], Awaitable[None]] = never
    asking = asyncio.create_task(artifacts.get_or_create(key, into, make, read))
    await asyncio.wait([asking, asyncio.create_task(stuck.wait())], return_when="FIRST_COMPLETED")
    asking.cancel()
    await asyncio.wait([asking])
    assert asking.cancelled() or isinstance(asking.exception(), Broken)
