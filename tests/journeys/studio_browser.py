"""A browser that opens the studio: at two sizes, light and dark, and what is wrong on a page."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe  # pyright: ignore[reportMissingTypeStubs]
from playwright.async_api import Page, async_playwright

from entrypoints.environment import from_environment
from tests.journeys import browser, small_library
from tests.journeys.server import Server, serving

LAPTOP = (1440, 900)
PHONE = (360, 740)
PATIENCE = 60_000
"""Milliseconds after which what a page is to show never comes."""
OPTIONS = ("--no-sandbox", "--disable-gpu", "--mute-audio", "--no-proxy-server")


@dataclass
class Visit:
    """A page of the studio that somebody has opened."""

    page: Page
    address: str
    faults: list[str] = field(default_factory=lambda: [])
    """Errors of the page, and requests that leave the service."""

    async def open(self, place: str = "") -> None:
        """Open a place of the studio, such as `#/make`."""
        await self.page.goto(f"{self.address}/{place}")

    async def barriers(self) -> list[str]:
        """Return what axe finds on the page as it is now, in sentences."""
        result: Any = await Axe().run(self.page)  # pyright: ignore[reportUnknownMemberType]
        return [
            f"{each['id']}: {each['help']}: {[node['target'] for node in each['nodes']]}"
            for each in result.response["violations"]
        ]


@asynccontextmanager
async def visiting(
    browser: str,
    port: int,
    *,
    size: tuple[int, int] = LAPTOP,
    scheme: str = "light",
    language: str = "en-GB",
) -> AsyncGenerator[Visit]:
    """Open a browser that knows no host but this one; its errors are collected."""
    address = f"http://127.0.0.1:{port}"
    async with async_playwright() as tools:
        opened = await tools.chromium.launch(executable_path=browser, args=list(OPTIONS))
        try:
            context = await opened.new_context(
                viewport={"width": size[0], "height": size[1]},
                color_scheme="dark" if scheme == "dark" else "light",
                locale=language,
                has_touch=size == PHONE,
                accept_downloads=True,
            )
            page = await context.new_page()
            page.set_default_timeout(PATIENCE)
            visit = Visit(page, address)
            page.on("pageerror", lambda error: visit.faults.append(str(error)))
            page.on("request", lambda request: _note_foreign(visit, request.url))
            yield visit
        finally:
            await opened.close()


def _note_foreign(visit: Visit, url: str) -> None:
    if not url.startswith((visit.address, "blob:", "data:")):
        visit.faults.append(f"a request to {url}")


def installed_chromium() -> str:
    """Return the browser of this machine; without one the test is skipped."""
    installed = browser.installed_browser()
    if installed is None:
        pytest.skip(f"none of {', '.join(browser.NAMES)} is on PATH")
    return installed


@asynccontextmanager
async def studio_server(folders: pytest.TempPathFactory) -> AsyncGenerator[Server]:
    """Serve a song of the demo and all its moves, of which nothing is encoded."""
    data = folders.mktemp("studio")
    settings = from_environment({"BACHATA_DATA_DIR": str(data)})
    await small_library.furnish(settings, folders.mktemp("made"))
    async with serving(data, folders.mktemp("served") / "log") as started:
        yield started
