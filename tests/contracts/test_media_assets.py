"""The contract of every MediaAssets: memory and each real database."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from uuid import UUID, uuid4

import msgspec
import pytest

from adapters.database.engine import open_database
from adapters.database.media_assets import SqlMediaAssets
from adapters.memory.media_assets import MemoryMediaAssets
from application.ports.media_assets import MediaAssets
from domain.storage.assets import AssetKind, AssetNameTaken, AssetNotFound, MediaAsset

pytestmark = pytest.mark.anyio

BYTEWISE = ("B.png", "a-b.png", "a.png", "a_b.png", "ñandú.png")
"""Names in the order of their bytes, which no dictionary has."""


@pytest.fixture
async def assets(database_url: str | None) -> AsyncGenerator[MediaAssets]:
    if database_url is None:
        yield MemoryMediaAssets()
        return
    async with open_database(database_url) as database:
        yield SqlMediaAssets(database)


def asset(name: str, owner: str = "ana", kind: AssetKind = AssetKind.IMAGE) -> MediaAsset:
    return MediaAsset(
        asset_id=uuid4(),
        owner=owner,
        kind=kind,
        path=f"assets/{kind}/{name}",
        size=3,
        digest="0" * 64,
        name=name,
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


async def test_an_asset_is_read_as_it_was_stored(assets: MediaAssets) -> None:
    stored = msgspec.structs.replace(
        asset("sol.png"), description="Un día", duration=1.5, width=3, height=2
    )
    await assets.add(stored)
    assert await assets.get(stored.asset_id) == stored
    assert await assets.named("ana", AssetKind.IMAGE, "sol.png") == stored


async def test_a_name_is_taken_for_its_owner_and_kind_only(assets: MediaAssets) -> None:
    await assets.add(asset("a"))
    with pytest.raises(AssetNameTaken):
        await assets.add(asset("a"))
    await assets.add(asset("a", owner="ben"))
    await assets.add(asset("a", kind=AssetKind.AUDIO))


async def test_of_many_at_once_one_gets_the_name(assets: MediaAssets) -> None:
    results = await asyncio.gather(
        *(assets.add(asset("a")) for _ in range(8)), return_exceptions=True
    )
    assert results.count(None) == 1
    assert sum(isinstance(each, AssetNameTaken) for each in results) == 7


async def test_an_unknown_asset_is_not_found(assets: MediaAssets) -> None:
    with pytest.raises(AssetNotFound):
        await assets.get(UUID(int=1))
    with pytest.raises(AssetNotFound):
        await assets.remove(UUID(int=1))
    assert await assets.named("ana", AssetKind.IMAGE, "a") is None


async def test_a_removed_asset_is_gone_and_its_name_is_free(assets: MediaAssets) -> None:
    first = asset("a")
    await assets.add(first)
    await assets.remove(first.asset_id)
    with pytest.raises(AssetNotFound):
        await assets.get(first.asset_id)
    await assets.add(asset("a"))


async def test_assets_of_an_owner_are_listed_by_their_bytes(assets: MediaAssets) -> None:
    for name in reversed(BYTEWISE):
        await assets.add(asset(name))
    await assets.add(asset("a", owner="ben"))
    await assets.add(asset("z", kind=AssetKind.AUDIO))
    listed = await assets.of_owner("ana", AssetKind.IMAGE)
    assert tuple(each.name for each in listed) == BYTEWISE


@pytest.mark.parametrize("most", [1, 2, 5, 6, 7])
async def test_pages_hold_every_asset_of_the_owner_once(assets: MediaAssets, most: int) -> None:
    for name in BYTEWISE:
        await assets.add(asset(name))
    await assets.add(asset("z", kind=AssetKind.AUDIO))
    await assets.add(asset("a", owner="ben"))
    names: list[str] = []
    page = await assets.page("ana", None, most)
    names += [each.name for each in page.items]
    while page.last is not None:
        page = await assets.page("ana", page.last, most)
        assert 0 < len(page.items) <= most
        names += [each.name for each in page.items]
    assert names == ["z", *BYTEWISE]
