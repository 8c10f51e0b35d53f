"""Every route is on the page docs/API.md with a curl, and every curl has the answer shown there."""

import json
import re
import string
import time
from collections.abc import AsyncGenerator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import pytest
from anyio import to_thread

from entrypoints.environment import from_environment
from tests.journeys import answer_shapes, curl, footage
from tests.journeys.api_page import ADDRESS, Example, examples
from tests.journeys.curl import Answer
from tests.journeys.server import serving
from tests.journeys.small_library import furnish
from tests.world import pictures

pytestmark = pytest.mark.anyio

DOCS = Path(__file__).resolve().parents[2] / "docs"
EXAMPLES = examples((DOCS / "API.md").read_text())
SETTLED = 60.0
"""Seconds in which work in the background has changed what a GET answers."""


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    """One loop for the file."""
    return "asyncio"


class Reader:
    """Runs the examples in order, as a person would, and notes how the answers differ."""

    def __init__(self, folder: Path, anyone: str, accounts: str) -> None:
        self._folder = folder
        self._anyone, self._accounts = anyone, accounts
        self._ids: dict[str, str] = {}
        self._shell: dict[str, str] = {}

    def faults(self, example: Example) -> list[str]:
        """Return what is wrong with an example, in sentences."""
        until = time.monotonic() + (SETTLED if example.method == "GET" else 0)
        while True:
            try:
                answer = curl.run(self._filled(example), self._folder)
            except curl.NoAnswer as error:
                return [f"there is no answer: {error}"]
            faults = list(_faults(example, answer))
            if not faults or time.monotonic() > until:
                self._remember(example, answer)
                return faults
            time.sleep(0.2)

    def _filled(self, example: Example) -> list[str]:
        """The words with the ids, secrets and the address of this service."""
        address = self._accounts if example.needs_accounts else self._anyone
        found = [string.Template(word).safe_substitute(self._shell) for word in example.words]
        for shown, given in {ADDRESS: address, **self._ids}.items():
            found = [word.replace(shown, given) for word in found]
        return found

    def _remember(self, example: Example, answer: Answer) -> None:
        """Note the ids of an answer beside those of the page, and `$TOKEN` and `$KEY`."""
        match _json(example.body), _json(answer.body.decode(errors="replace")):
            case None, None:
                text = answer.body.decode(errors="replace")
                self._ids |= dict(answer_shapes.ids_in_text(example.body or "", text))
            case shown, given:
                self._ids |= dict(answer_shapes.ids(shown, given))
                fields = cast(dict[str, str], given if isinstance(given, dict) else {})
                names = (("access_token", "TOKEN"), ("key", "KEY"))
                self._shell |= {to: fields[name] for name, to in names if name in fields}


def _json(text: str | None) -> Any:
    try:
        return json.loads(text or "")
    except ValueError:
        return None


def _faults(example: Example, answer: Answer) -> Iterator[str]:
    text = answer.body.decode(errors="replace")
    if example.status is None:
        yield (
            f"the page does not show its answer: begin the paragraph below the curl with "
            f"{answer.status}, and show the body in a block below that: {text[:500]}"
        )
        return
    if answer.status != example.status:
        yield f"the status is {answer.status}, and the page shows {example.status}: {text[:500]}"
        return
    for name, shown in example.headers:
        given = answer.headers.get(name.lower())
        if given is None:
            yield f"the answer has no header `{name}`, which the page names."
        elif shown:
            yield from answer_shapes.text_differences(shown, given)
    if example.body is not None:
        shown = _json(example.body)
        compare = answer_shapes.text_differences if shown is None else answer_shapes.differences
        yield from compare(example.body if shown is None else shown, _json(text) or text)
    elif answer.body and "-o" not in example.words:
        yield f"the page does not show the body, which is {text[:500]}"


@pytest.fixture(scope="module")
async def faults(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[dict[int, list[str]]]:
    """Run every example of the page; yields the faults of each, by its number."""
    made, folder = tmp_path_factory.mktemp("made"), tmp_path_factory.mktemp("reader")
    footage.danced_film(folder / "turn.mp4", 126)
    footage.played_song(folder / "song.mp3", 126)
    (folder / "beach.jpg").write_bytes(pictures.encoded("JPEG"))
    data = tmp_path_factory.mktemp("anyone") / f"data-{uuid4().hex}"
    await furnish(from_environment({"BACHATA_DATA_DIR": str(data)}), made)
    accounts = tmp_path_factory.mktemp("accounts") / f"data-{uuid4().hex}"
    async with AsyncExitStack() as stack:
        servers = [
            await stack.enter_async_context(serving(each, each.with_suffix(".log"), **more))
            for each, more in (
                (data, {"BACHATA_WEBHOOKS_TO_LOOPBACK": "on"}),
                (accounts, {"BACHATA_AUTH": "on"}),
            )
        ]
        addresses = [f"http://127.0.0.1:{each.port}" for each in servers]
        reader = Reader(folder, *addresses)
        yield {
            number: await to_thread.run_sync(reader.faults, each)
            for number, each in enumerate(EXAMPLES)
        }


@pytest.mark.parametrize(
    "number", range(len(EXAMPLES)), ids=[f"{each.method} {each.path}" for each in EXAMPLES]
)
async def test_a_curl_of_the_page_is_answered_as_the_page_shows(
    faults: dict[int, list[str]], number: int
) -> None:
    said = [f"{EXAMPLES[number].name}: {fault}" for fault in faults[number]]
    assert not said, "\n".join(said)


def _pattern(path: str) -> str:
    return re.sub(r"\{\w+\}", "[^/]+", path)


def test_the_page_has_a_curl_for_every_route() -> None:
    paths: dict[str, Any] = json.loads((DOCS / "openapi.json").read_text())["paths"]
    shown = [(each.method, each.path) for each in EXAMPLES]
    missing = [
        f"docs/API.md has no curl for `{method.upper()} {path}`. Add one as an indented block, "
        "and below it a paragraph that begins with the status, and the body of the answer."
        for path, operations in paths.items()
        for method in operations
        if not any(
            one == method.upper() and re.fullmatch(_pattern(path), other) for one, other in shown
        )
    ]
    assert not missing, "\n".join(missing)
