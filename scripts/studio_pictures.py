"""Make the pictures of docs/STUDIO.md: the studio's screens with the demo's library.

    python -m scripts.studio_pictures URL

URL is that of a running service with the demo's library. A dance is made there. Each picture is a
JPEG in docs/images. It needs Chromium on PATH.
"""

import asyncio
import io
import shutil
import sys
from pathlib import Path
from typing import Final

import httpx
from PIL import Image
from playwright.async_api import Page, async_playwright

PICTURES: Final = Path(__file__).resolve().parent.parent / "docs/images"
BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome")
SONG: Final = "luna-de-humo"
WIDE: Final = (1280, 800)
PHONE: Final = (360, 740)
_WIDTH: Final = 960
"""Pixels of a wide picture."""
_QUALITY: Final = 72
_SETTLED: Final = 12_000
"""Milliseconds after which clips have their pictures."""
_SECONDS: Final = 300.0


async def main(url: str) -> None:
    """Make all pictures."""
    async with httpx.AsyncClient(base_url=url, timeout=_SECONDS) as client:
        answer = await client.post("/api/choreography/generate", json={"song_id": SONG})
        task = answer.raise_for_status().json()["task_id"]
    browser = next(filter(None, map(shutil.which, BROWSERS)))
    async with async_playwright() as tools:
        opened = await tools.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        wide = await opened.new_page(viewport={"width": WIDE[0], "height": WIDE[1]}, locale="en-GB")
        await _make(wide, url, "studio-make.jpg", f"#/make?task={task}")
        await _dance(wide, url, task)
        await _make(wide, url, "studio-songs.jpg", f"#/songs/{SONG}")
        await _make(wide, url, "studio-moves.jpg", "#/moves")
        phone = await opened.new_page(
            viewport={"width": PHONE[0], "height": PHONE[1]}, locale="en-GB", color_scheme="dark"
        )
        practice = f"#/practise/{task}?loop=eight&from=15.238&speed=70&mirror=1"
        await _make(phone, url, "studio-practise.jpg", practice)
        await opened.close()


async def _dance(page: Page, url: str, task: str) -> None:
    await page.goto(f"{url}/#/dance/{task}")
    await page.locator(".blocks button").nth(2).click()
    await _keep(page, "studio-dance.jpg")


async def _make(page: Page, url: str, name: str, place: str) -> None:
    await page.goto(f"{url}/{place}")
    await _keep(page, name)


async def _keep(page: Page, name: str) -> None:
    await page.wait_for_timeout(_SETTLED)
    picture = Image.open(io.BytesIO(await page.screenshot())).convert("RGB")
    if picture.width > _WIDTH:
        picture = picture.resize((_WIDTH, round(picture.height * _WIDTH / picture.width)))
    picture.save(PICTURES / name, quality=_QUALITY, optimize=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1].rstrip("/")))
