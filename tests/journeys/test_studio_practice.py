"""Practice and corrections in the studio, in a browser: loops, counts, taps, and keys alone."""

import random
from collections.abc import AsyncGenerator
from itertools import pairwise
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.journeys import small_library
from tests.journeys.server import Server
from tests.journeys.studio_browser import (
    PATIENCE,
    PHONE,
    installed_chromium,
    studio_server,
    visiting,
)

pytestmark = pytest.mark.anyio

EIGHT = 8 * 60 / 126
"""Seconds of an eight-count of the song."""
LONGEST = 0.06
"""Seconds of the longest picture: clips of 30 frames per second are slowed down by at most half."""
WATCH = """() => {
  const video = document.querySelector("video");
  window.seen = [];
  const note = (now, frame) => {
    const late = Math.abs(video.currentTime - frame.mediaTime);
    window.seen.push([frame.mediaTime, late, document.querySelector(".count").textContent]);
    video.requestVideoFrameCallback(note);
  };
  video.requestVideoFrameCallback(note);
}"""


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


@pytest.fixture(scope="module")
async def dance(server: Server) -> str:
    """A task with a film."""
    async with server.client() as client:
        body = {"song_id": small_library.SONG}
        answer = await client.post("/api/choreography/generate", json=body)
    return answer.json()["task_id"]


async def frames(page: Page, until: float) -> list[tuple[float, float, str]]:
    """Play until a moment of the stream, and return what was seen.

    Each frame has its time, how late this machine shows it, and the count that was shown with it.
    """
    await page.evaluate(WATCH)
    await page.keyboard.press("Space")
    passed = f"document.querySelector('video').currentTime > {until}"
    while not await page.evaluate(passed):
        await page.evaluate("() => new Promise(requestAnimationFrame)")
    return [tuple(each) for each in await page.evaluate("window.seen")]


async def test_an_eight_count_is_looped_without_a_gap_and_counted_on_the_frame(
    chromium: str, server: Server, dance: str
) -> None:
    start, rounds = 2 * EIGHT, 4
    async with visiting(chromium, server.port, size=PHONE) as visit:
        page = visit.page
        await visit.open(f"#/practise/{dance}?loop=eight&from={start:.3f}")
        await expect(page.locator(".count")).to_have_text("1", timeout=PATIENCE)
        seen = await frames(page, start + rounds * EIGHT + 0.2)
        ranges = await page.evaluate("document.querySelector('video').buffered.length")

    # Picture and sound are one range, so the stream has no gap; a busy machine may drop frames.
    assert ranges == 1
    steps: list[float] = []
    for lap in range(1, rounds + 1):
        begins = start + lap * EIGHT
        before, after = next(pair for pair in pairwise(seen) if pair[1][0] >= begins - 0.01)
        steps.append(after[0] - before[0])
    assert min(steps) < LONGEST
    wrong = [
        (time, count)
        for time, late, count in seen
        if late < LONGEST
        and (place := ((time - start) % EIGHT) / EIGHT * 8) % 1 > 0.15
        and place % 1 < 0.85
        and count != str(int(place) + 1)
    ]
    assert len(seen) > 100
    assert wrong == []
    assert visit.faults == []


async def test_practice_is_done_by_keys_alone_and_a_link_opens_the_same(
    chromium: str, server: Server, dance: str
) -> None:
    async with visiting(chromium, server.port) as visit:
        page = visit.page
        await visit.open(f"#/practise/{dance}")
        await expect(page.locator(".count")).to_have_text("1", timeout=PATIENCE)
        for key in ("m", "l", "l", "ArrowRight", *["ArrowDown"] * 6):
            await page.keyboard.press(key)
        await expect(page.locator("output")).to_have_text("70 %")
        await expect(page.locator("video")).to_have_class("mirrored")
        link = page.url
        for part in ("speed=70", "mirror=1", "loop=eight"):
            assert part in link
        await page.goto("about:blank")
        await page.goto(link)
        await expect(page.locator("output")).to_have_text("70 %")
        await expect(page.locator("video")).to_have_class("mirrored")
        await expect(page.get_by_role("radio", name="Eight counts")).to_be_checked()
        rate = "(video) => [video.playbackRate, video.preservesPitch]"
        assert await page.locator("video").evaluate(rate) == [0.7, True]
        await page.keyboard.press("Escape")
        await expect(page.locator("dance-screen")).to_be_visible()
    assert visit.faults == []


async def fitted(page: Page, taps: list[float]) -> dict[str, float]:
    script = """async (taps) => {
      const address = document.querySelector("script").src.replace("app.js", "tapping.js");
      return (await import(address)).fitted(taps);
    }"""
    result: Any = await page.evaluate(script, taps)
    return result


async def test_ten_taps_give_the_tempo_and_the_one(chromium: str, server: Server) -> None:
    chance = random.Random(7)  # noqa: S311 - chosen taps, no secret
    errors: list[tuple[float, float]] = []
    async with visiting(chromium, server.port) as visit:
        await visit.open()
        for _ in range(100):
            gap = 60 / chance.uniform(90, 150)
            jitter = [chance.gauss(0, 0.02) for _ in range(10)]
            taps = [3 + gap * number + error for number, error in enumerate(jitter)]
            fit = await fitted(visit.page, sorted(taps))
            errors.append((abs(60 / fit["tempo"] / gap - 1), abs(fit["one"] - 3)))
        missing = [3 + 0.5 * number for number in (0, 1, 2, 4, 5, 6, 8, 9)]
        doubled = sorted([*missing, 3 + 0.5 * 5 + 0.03])
        exact = [await fitted(visit.page, taps) for taps in (missing, doubled)]
    # A line through ten taps of 20 ms has a slope with a deviation of 2.2 ms a beat.
    assert sorted(error for error, _ in errors)[50] < 0.005
    assert max(one for _, one in errors) < 0.06
    assert [round(each["tempo"]) for each in exact] == [120, 120]
    assert [each["one"] for each in exact] == [pytest.approx(3, abs=0.02)] * 2


async def test_a_song_that_is_half_a_beat_off_is_mended_with_one_press_and_taken_back(
    chromium: str, server: Server
) -> None:
    address = f"/api/songs/{small_library.SONG}/analysis"
    async with visiting(chromium, server.port) as visit, server.client() as client:
        before = (await client.get(address)).json()["beats"]
        page = visit.page
        await visit.open(f"#/songs/{small_library.SONG}")
        await page.get_by_role("button", name="Half a beat later").click()
        await expect(page.get_by_text("The beats are corrected.")).to_be_visible()
        moved = (await client.get(address)).json()["beats"]
        assert abs(moved[8] - before[8]) == pytest.approx(EIGHT / 16, abs=0.01)
        assert await visit.barriers() == []
        await page.get_by_role("button", name="Take back").click()
        await expect(page.get_by_text("as they were analysed")).to_be_visible()
        assert (await client.get(address)).json()["beats"] == before
    assert visit.faults == []


async def test_another_way_to_count_a_song_is_taken_with_one_press(
    chromium: str, server: Server
) -> None:
    address = f"/api/songs/{small_library.SONG}/analysis"
    async with visiting(chromium, server.port) as visit, server.client() as client:
        before = (await client.get(address)).json()
        assert before["readings"][1]["probability"] > 0.02
        page = visit.page
        await visit.open(f"#/songs/{small_library.SONG}")
        await page.locator("button.reading").first.click()
        await expect(page.get_by_text("The beats are corrected.")).to_be_visible()
        after = (await client.get(address)).json()
        assert after["correction"] is not None
        assert (after["beats"], after["ones"]) != (before["beats"], before["ones"])
        assert await visit.barriers() == []
        # A page that is loaded again shows the correction of the service.
        await page.reload()
        await page.get_by_role("button", name="Take back").click()
        await expect(page.get_by_text("as they were analysed")).to_be_visible()
        assert (await client.get(address)).json()["beats"] == before["beats"]
    assert visit.faults == []


async def test_the_moves_are_seen_and_their_beats_corrected(chromium: str, server: Server) -> None:
    async with visiting(chromium, server.port, size=PHONE, scheme="dark") as visit:
        page = visit.page
        await visit.open("#/moves")
        await page.get_by_role("link", name="Body wave together").click()
        await page.get_by_role("button", name="Twice the beats").click()
        await expect(page.get_by_text("The beats are corrected.")).to_be_visible()
        assert await visit.barriers() == []
        await page.get_by_role("button", name="Take back").click()
        await expect(page.get_by_text("as they were analysed")).to_be_visible()
    assert visit.faults == []


async def test_a_video_of_a_script_is_found_again_watched_and_deleted(
    chromium: str, server: Server
) -> None:
    async with visiting(chromium, server.port) as visit:
        page = visit.page
        await visit.open("#/scripts")
        await page.get_by_label("The script").fill("One step.\n\nAnother step.")
        await page.get_by_label("Picture").select_option("1280x720")
        await page.get_by_label("Narration").select_option("none")
        await page.get_by_role("button", name="Make the video").click()
        await page.wait_for_url("**/#/scripts/*")
        await page.reload()
        await expect(page.get_by_text("The video is ready.")).to_be_visible(timeout=PATIENCE)
        assert await visit.barriers() == []
        await page.get_by_role("link", name="All videos").click()
        card = page.locator(".card").first
        await expect(card).to_contain_text("One step.")
        assert await visit.barriers() == []
        await card.get_by_role("button", name="Delete").click()
        await page.locator("dialog").get_by_role("button", name="Delete").click()
        await expect(page.locator(".card", has_text="One step.")).to_have_count(0)
    assert visit.faults == []
