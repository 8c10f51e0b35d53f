"""The studio's files: small, of the service alone, and true to the OpenAPI document."""

import json
import re
from functools import cache
from pathlib import Path

import pytest

from entrypoints.http.studio import studio

ROOT = Path(__file__).resolve().parents[2]
STUDIO = ROOT / "src/entrypoints/studio"
MODULES = sorted(STUDIO.glob("*.js"))
LARGEST = 60_000
"""Bytes of all modules together, compressed."""
LONGEST = 220
"""Lines of a module that is no list of words."""

OPTIONS = {"resolution", "quality", "captions", "narration"}
"""Options of a script's video, whose values have words of their own."""


@cache
def words(language: str) -> dict[str, str]:
    """The words of a language by their keys."""
    source = (STUDIO / f"words-{language}.js").read_text()
    return {
        json.loads(key): json.loads(text)
        for key, text in re.findall(r'^  ("[^"]+"): ("(?:[^"\\]|\\.)*"),$', source, re.MULTILINE)
    }


def test_the_modules_together_are_small() -> None:
    files = studio().files
    total = sum(len(file.compressed) for name, file in files.items() if name.endswith(".js"))
    assert total < LARGEST


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_a_module_is_short_and_says_what_it_is(path: Path) -> None:
    lines = path.read_text().splitlines()
    assert lines[0].startswith("/** ")
    assert len(lines) <= LONGEST or path.name.startswith("words-")


@pytest.mark.parametrize("path", sorted(STUDIO.iterdir()), ids=lambda path: path.name)
def test_a_file_names_no_address_outside_the_service(path: Path) -> None:
    addresses = re.findall(r"(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}[^\s\"']*", path.read_text())
    assert [each for each in addresses if not each.startswith("http://www.w3.org/")] == []


def test_the_page_has_nothing_inline() -> None:
    page = (STUDIO / "index.html").read_text()
    assert re.findall(r"<style|\sstyle=|\son\w+=|javascript:", page) == []
    assert re.findall(r"<script(?![^>]*\ssrc=)", page) == []


def test_no_module_makes_markup_or_code_from_text() -> None:
    forbidden = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function"
    assert [path.name for path in MODULES if re.search(forbidden, path.read_text())] == []


def test_every_operation_is_one_of_the_openapi_document() -> None:
    source = (STUDIO / "api.js").read_text()
    operations = dict(re.findall(r'^  (\w+): "([A-Z]+ /[^"]+)",$', source, re.MULTILINE))
    document = json.loads((ROOT / "docs/openapi.json").read_text())["paths"]
    served = {
        each["operationId"]: f"{method.upper()} {path}"
        for path, item in document.items()
        for method, each in item.items()
    }
    assert len(operations) > 15
    assert operations == {name: served.get(name) for name in operations}


def test_only_the_client_and_the_session_name_routes() -> None:
    naming = {path.name for path in MODULES if re.search(r"[\"'`]/(api|ws)/", path.read_text())}
    assert naming <= {"api.js", "session.js"}


def test_both_languages_have_the_same_words_with_the_same_values() -> None:
    english, spanish = words("en"), words("es")
    assert len(english) > 50
    assert english.keys() == spanish.keys()
    for key, text in english.items():
        assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", spanish[key])), key


def test_every_word_is_used_and_every_used_word_is_there() -> None:
    sources = "".join(p.read_text() for p in MODULES if not p.name.startswith("words-"))
    named = set(re.findall(r'\bt\(\s*"([^"]+)"', sources))
    assert named <= words("en").keys()
    kinds = set(re.findall(r'word\("(\w+)"', sources)) | {"field", *OPTIONS}
    kinds |= set(re.findall(r"`([a-z-]+(?:\.[a-z-]+)*)\.\$\{", sources))
    unused = [
        key
        for key in words("en")
        if f'"{key}"' not in sources
        and not key.endswith(".title")
        and key.rpartition(".")[0] not in kinds | {"difficulty", "energy_level", "style"}
    ]
    assert unused == []
