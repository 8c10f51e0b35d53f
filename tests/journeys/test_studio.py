"""The studio as people use it, in a browser, over the demo's library."""

import os
import stat
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.journeys import small_library
from tests.journeys.server import SERVE, Server, serving, until
from tests.journeys.studio_browser import (
    LAPTOP,
    PATIENCE,
    PHONE,
    Visit,
    installed_chromium,
    studio_server,
    visiting,
)

pytestmark = pytest.mark.anyio

SIZES = [(LAPTOP, "light"), (LAPTOP, "dark"), (PHONE, "light"), (PHONE, "dark")]


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    """One loop for the file."""
    return "asyncio"


@pytest.fixture(scope="module")
def chromium() -> str:
    return installed_chromium()


@pytest.fixture(scope="module")
async def server(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Server]:
    async with studio_server(tmp_path_factory) as started:
        yield started


async def make(visit: Visit) -> None:
    """Choose the song, and make a dance of any kind."""
    await visit.open("#/make")
    await visit.page.get_by_role("radio", name="Luna de humo").check()
    await visit.page.get_by_role("button", name="Make the dance").click()
    await expect(visit.page.get_by_text("Your dance is ready.")).to_be_visible(timeout=PATIENCE)


async def duration(visit: Visit) -> float:
    """Return the seconds of what plays, once nothing waits to take over."""
    await expect(visit.page.locator("film-player video")).to_have_count(1)
    return await visit.page.locator("video").evaluate("video => video.duration")


async def test_somebody_makes_a_dance_swaps_a_move_and_downloads_the_film(
    chromium: str, server: Server, tmp_path: Path
) -> None:
    async with visiting(chromium, server.port) as visit:
        page = visit.page
        await make(visit)
        assert await duration(visit) == pytest.approx(70.07, abs=0.1)

        await page.get_by_role("link", name="Change moves").click()
        blocks = page.locator(".blocks button")
        await expect(blocks.first).to_be_visible()
        before = await blocks.all_inner_texts()
        await blocks.nth(2).click()
        instead = page.locator(".alternative").first
        name = (await instead.inner_text()).strip()
        await instead.click()
        await expect(page.locator(".dance-note")).to_contain_text(
            f"{len(before) - 1} of {len(before)}", timeout=PATIENCE
        )
        after = await blocks.all_inner_texts()
        assert after[2].strip() == name
        assert [*after[:2], *after[3:]] == [*before[:2], *before[3:]]

        await page.get_by_role("button", name="Undo").click()
        await expect(blocks.nth(2)).to_contain_text(before[2].strip())

        async with page.expect_download() as downloading:
            await page.get_by_role("button", name="Download").click()
        film = tmp_path / "film.mp4"
        await (await downloading.value).save_as(film)
        assert film.read_bytes()[4:8] == b"ftyp"
    assert visit.faults == []


async def test_a_page_that_is_loaded_again_finds_its_film(chromium: str, server: Server) -> None:
    async with visiting(chromium, server.port) as visit:
        await make(visit)
        assert "task=" in visit.page.url
        await visit.page.reload()
        await expect(visit.page.get_by_text("Your dance is ready.")).to_be_visible()
        assert await duration(visit) > 60
    assert visit.faults == []


async def test_a_sentence_is_understood_before_anything_is_made(
    chromium: str, server: Server
) -> None:
    async with visiting(chromium, server.port, language="es-ES") as visit:
        page = visit.page
        await visit.open()
        await expect(page.get_by_role("heading", name="Crea un baile")).to_be_visible()
        await page.get_by_role("radio", name="Con tus palabras").check()
        await page.get_by_label("Describe el baile").fill("romántico, sin caídas, con unicornios")
        await expect(page.locator(".chip.good").first).to_be_visible()
        await expect(page.locator(".chip.doubt").first).to_contain_text("unicornios")
    assert visit.faults == []


@pytest.mark.parametrize(("size", "scheme"), SIZES)
async def test_no_screen_has_a_barrier(
    chromium: str, server: Server, size: tuple[int, int], scheme: str
) -> None:
    async with server.client() as client:
        body = {"song_id": small_library.SONG}
        film = (await client.post("/api/choreography/generate", json=body)).json()
    dance = f"#/dance/{film['task_id']}"
    practice = f"#/practise/{film['task_id']}?loop=eight&from=8&mirror=1"
    async with visiting(chromium, server.port, size=size, scheme=scheme) as visit:
        await visit.open("#/make")
        await expect(visit.page.locator(".song").first).to_be_visible()
        barriers = {"make": await visit.barriers()}
        await visit.open(dance)
        await visit.page.locator(".blocks button").first.click()
        await expect(visit.page.locator(".alternative").first).to_be_visible()
        barriers["dance"] = await visit.barriers()
        await visit.open(practice)
        await expect(visit.page.locator(".count")).to_have_text("1", timeout=PATIENCE)
        barriers["practise"] = await visit.barriers()
        await visit.open("#/account")
        await expect(visit.page.get_by_text("All videos")).to_be_visible()
        barriers["account"] = await visit.barriers()
    assert {place: each for place, each in barriers.items() if each} == {}
    assert visit.faults == []


PLACES = [
    *("#/make", "#/dance/{}", "#/practise/{}?loop=eight", "#/videos", "#/scripts"),
    *(f"#/songs/{small_library.SONG}", "#/moves", "#/account"),
]


@pytest.mark.parametrize("place", PLACES)
async def test_a_phone_never_scrolls_sideways(chromium: str, server: Server, place: str) -> None:
    async with server.client() as client:
        body = {"song_id": small_library.SONG}
        film = (await client.post("/api/choreography/generate", json=body)).json()
    async with visiting(chromium, server.port, size=PHONE) as visit:
        await visit.open(place.format(film["task_id"]))
        await expect(visit.page.locator("main *").first).to_be_visible()
        await visit.page.wait_for_load_state("networkidle")
        wide = "document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"
        assert await visit.page.evaluate(wide) == 0


async def test_serve_opens_the_studio_in_the_browser(tmp_path: Path) -> None:
    opened = tmp_path / "opened"
    program = tmp_path / "browser"
    program.write_text(f'#!/bin/sh\nprintf %s "$1" > "{opened}"\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    command = (*SERVE, "--open")
    environment = {"BROWSER": str(program), "PATH": os.environ["PATH"]}

    async with serving(tmp_path / "data", tmp_path / "log", command=command, **environment) as own:
        await until(lambda: opened.exists() and bool(opened.read_text()), within=30)
        assert opened.read_text() == f"http://127.0.0.1:{own.port}/"
