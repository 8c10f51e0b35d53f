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
from application.ports.media_assets import MediaAssets, asset_key
from domain.storage.assets import AssetKind, AssetNameTaken, AssetNotFound, MediaAsset

pytestmark = pytest.mark.anyio


@pytest.fixture
async def assets(database_url: str | None) -> AsyncGenerator[MediaAssets]:
    if database_url is None:
        yield MemoryMediaAssets()
        return
    async with open_database(database_url) as database:
        yield SqlMediaAssets(database)


def picture(name: str = "beach.jpg", owner: str = "ana", **fields: object) -> MediaAsset:
    asset_id = uuid4()
    asset = MediaAsset(
        asset_id=asset_id,
        owner=owner,
        kind=AssetKind.IMAGE,
        path=f"assets/images/{owner}/{asset_id}.jpg",
        size=123,
        digest="ab" * 32,
        name=name,
        width=4000,
        height=3000,
        created_at=datetime(2026, 1, 2, 3, 4, 5, 600, tzinfo=UTC),
    )
    return msgspec.structs.replace(asset, **fields)


async def pages(assets: MediaAssets, owner: str, most: int) -> list[tuple[MediaAsset, ...]]:
    """All pages of an owner."""
    found: list[tuple[MediaAsset, ...]] = []
    after: str | None = None
    while True:
        page = await assets.page(owner, after, most)
        found.append(page.items)
        if (after := page.last) is None:
            return found


async def test_an_asset_comes_back_as_it_was_added(assets: MediaAssets) -> None:
    song = picture(
        "La canción ñ 🎵", kind=AssetKind.AUDIO, duration=12.25, width=None, description="x" * 2000
    )
    for asset in (picture(), song):
        await assets.add(asset)
        assert await assets.get(asset.asset_id) == asset
        assert await assets.named("ana", asset.kind, asset.name) == asset


async def test_an_unknown_asset_is_not_found(assets: MediaAssets) -> None:
    await assets.add(picture())
    with pytest.raises(AssetNotFound):
        await assets.get(UUID(int=1))
    with pytest.raises(AssetNotFound):
        await assets.remove(UUID(int=1))
    for owner, kind, name in (
        ("bruno", AssetKind.IMAGE, "beach.jpg"),
        ("ana", AssetKind.AUDIO, "beach.jpg"),
        ("ana", AssetKind.IMAGE, "Beach.jpg"),
    ):
        assert await assets.named(owner, kind, name) is None


async def test_a_name_is_taken_within_its_owner_and_kind(assets: MediaAssets) -> None:
    first = picture()
    await assets.add(first)
    with pytest.raises(AssetNameTaken):
        await assets.add(picture())
    await assets.add(picture(owner="bruno"))
    await assets.add(picture(kind=AssetKind.AUDIO))
    assert await assets.of_owner("ana", AssetKind.IMAGE) == (first,)


async def test_of_many_at_once_with_one_name_one_is_added(assets: MediaAssets) -> None:
    rivals = [picture() for _ in range(8)]
    results = await asyncio.gather(*map(assets.add, rivals), return_exceptions=True)
    assert sum(each is None for each in results) == 1
    assert sum(isinstance(each, AssetNameTaken) for each in results) == 7
    [kept] = await assets.of_owner("ana", AssetKind.IMAGE)
    assert kept == rivals[results.index(None)]


async def test_the_assets_of_an_owner_and_a_kind_are_listed_by_name(assets: MediaAssets) -> None:
    for name in ("b", "Z", "a-1", "a", "ñ", "a/b"):
        await assets.add(picture(name))
    await assets.add(picture("a", kind=AssetKind.AUDIO))
    await assets.add(picture("c", owner="bruno"))
    listed = await assets.of_owner("ana", AssetKind.IMAGE)
    assert [each.name for each in listed] == ["Z", "a", "a-1", "a/b", "b", "ñ"]
    assert await assets.of_owner("carla", AssetKind.IMAGE) == ()


@pytest.mark.parametrize("most", [1, 2, 3, 6, 7, 50])
async def test_pages_have_every_asset_of_an_owner_once(assets: MediaAssets, most: int) -> None:
    own = [picture(name) for name in ("b", "Z", "ñ", "a_")]
    own += [picture(name, kind=AssetKind.AUDIO) for name in ("b", "z")]
    for asset in (*own, picture("b", owner="bruno")):
        await assets.add(asset)
    found = await pages(assets, "ana", most)
    assert [each for page in found for each in page] == sorted(own, key=asset_key)
    assert all(len(page) == most for page in found[:-1])
    assert 0 < len(found[-1]) <= most
    assert await pages(assets, "carla", most) == [()]


async def test_a_page_continues_where_its_last_asset_was_removed(assets: MediaAssets) -> None:
    own = [picture(name) for name in ("a", "b", "c")]
    for asset in own:
        await assets.add(asset)
    page = await assets.page("ana", None, 2)
    await assets.remove(own[1].asset_id)
    assert (await assets.page("ana", page.last, 2)).items == (own[2],)


async def test_a_removed_asset_leaves_its_name(assets: MediaAssets) -> None:
    asset = picture()
    await assets.add(asset)
    await assets.remove(asset.asset_id)
    with pytest.raises(AssetNotFound):
        await assets.get(asset.asset_id)
    with pytest.raises(AssetNotFound):
        await assets.remove(asset.asset_id)
    await assets.add(picture())


async def test_of_many_removals_at_once_one_succeeds(assets: MediaAssets) -> None:
    asset = picture()
    await assets.add(asset)
    removals = (assets.remove(asset.asset_id) for _ in range(6))
    results = await asyncio.gather(*removals, return_exceptions=True)
    assert sum(each is None for each in results) == 1
    assert sum(isinstance(each, AssetNotFound) for each in results) == 5


async def test_the_longest_name_is_stored(assets: MediaAssets) -> None:
    asset = picture("🎵" * 200, kind=AssetKind.TEXT_OVERLAY)
    await assets.add(asset)
    assert await assets.named("ana", asset.kind, asset.name) == asset


async def test_the_files_of_all_owners_are_known(assets: MediaAssets) -> None:
    first, second = picture(), picture(owner="bruno")
    await assets.add(first)
    await assets.add(second)
    asked = [first.path, second.path, "assets/images/ana/none.jpg", "nul \0"]
    assert await assets.used(asked) == {first.path, second.path}
    assert await assets.used([]) == frozenset()
    many = [f"assets/images/ana/{number}.jpg" for number in range(1200)]
    assert await assets.used([*many, second.path]) == {second.path}
    await assets.remove(first.asset_id)
    assert await assets.used([first.path]) == frozenset()


@pytest.mark.parametrize("most", [1, 2, 5, 6])
async def test_the_assets_of_all_owners_follow_each_other(assets: MediaAssets, most: int) -> None:
    added = [picture(f"{number}", owner="ana" if number % 2 else "bruno") for number in range(5)]
    for each in added:
        await assets.add(each)
    seen: list[MediaAsset] = []
    after: UUID | None = None
    while page := await assets.after(after, most):
        assert len(page) <= most
        seen += page
        after = page[-1].asset_id
    assert seen == sorted(added, key=lambda each: each.asset_id)
