"""The glossary explains the words of the public API, and names say something."""

import ast
import functools
import json
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from entrypoints.cli.main import cli
from entrypoints.http.app import create_app
from entrypoints.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
SRC = ROOT / "src"
MODULES = sorted(SRC.rglob("*.py"))
GLOSSARY = ROOT / "docs/GLOSSARY.md"
ENTRY = re.compile(r"^- \*\*(.+?)\*\*: (.+)$", re.MULTILINE)
EMPTY = {"Manager", "Helper", "Helpers", "Util", "Utils", "Impl", "Base", "Abstract"}
"""Words that say nothing; no class and no module is named by one."""
ORDINARY = {
    *(
        "accepted",
        "alive",
        "asked",
        "chosen",
        "code",
        "concern",
        "config",
        "corrected",
        "described",
        "explained",
        "finished",
        "format",
        "issued",
        "kind",
        "like",
        "list",
        "note",
    ),
    *(
        "output",
        "page",
        "pair",
        "part",
        "picture",
        "place",
        "range",
        "reader",
        "request",
        "result",
        "search",
    ),
    *("understanding", "understood", "upload", "uploaded", "usage"),
    *("disk", "failure", "file", "item", "reason", "removed", "space"),
    *("generated", "generation", "resource", "settings", "source", "status"),
}
"""Words of schema names that have their everyday meaning."""


def words_in(name: str) -> list[str]:
    return re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)


def entries_of(text: str) -> list[tuple[str, str]]:
    """Return each word of a glossary with its sentence."""
    return [(word, sentence) for word, sentence in ENTRY.findall(text)]


def unexplained(names: list[str], glossary: set[str], ordinary: set[str]) -> list[str]:
    """Return the words of names that are neither in the glossary nor ordinary."""
    vocabulary = {part for word in glossary for part in word.split()} | ordinary
    words = {word.lower() for name in names for word in words_in(name)}
    return sorted(word for word in words if not {word, word.removesuffix("s")} & vocabulary)


def is_used(word: str, text: str) -> bool:
    return re.search(rf"\b{re.escape(word)}(s|es)?\b", text) is not None


@functools.cache
def explained() -> dict[str, str]:
    return {word.lower(): sentence for word, sentence in entries_of(GLOSSARY.read_text())}


@functools.cache
def schema() -> str:
    return json.dumps(create_app(Settings()).openapi_schema.to_schema())


def schema_names() -> list[str]:
    return list(json.loads(schema())["components"]["schemas"])


def helps(command: click.Command) -> Iterator[str]:
    """Yield the help texts of a command, its options and its own commands."""
    yield command.help or ""
    for parameter in command.params:
        yield " ".join((*parameter.opts, getattr(parameter, "help", None) or ""))
    if isinstance(command, click.Group):
        for each in command.commands.values():
            yield from helps(each)


def public_text() -> str:
    """Return the text of the API, the command line and the documents, but not the glossary."""
    documents = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    texts = [path.read_text() for path in documents if path != GLOSSARY]
    text = " ".join([schema(), *helps(cli), *texts]).lower().replace("_", " ")
    return " ".join(text.split())


def classes_in(path: Path) -> list[str]:
    tree = ast.parse(path.read_text())
    return [node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]


def test_words_without_an_entry_are_found() -> None:
    names = ["MovePage", "LikeMoves", "HTTPThing"]
    assert unexplained(names, {"move"}, {"page", "like"}) == ["http", "thing"]
    assert unexplained(names, {"move", "http"}, {"page", "like", "thing"}) == []


def test_a_word_counts_as_used_only_as_a_word() -> None:
    assert is_used("cut", "two cuts are made")
    assert not is_used("cut", "a shortcut is taken")


def test_the_glossary_is_in_alphabetical_order_and_has_each_word_once() -> None:
    words = [word.lower() for word, _ in entries_of(GLOSSARY.read_text())]
    assert words
    assert words == sorted(set(words))


def test_every_line_of_the_glossary_is_an_entry_of_one_sentence() -> None:
    lines = [line for line in GLOSSARY.read_text().splitlines() if line.startswith("-")]
    assert [line for line in lines if not ENTRY.match(line)] == []
    sentences = [sentence for _, sentence in entries_of("\n".join(lines))]
    assert [
        each for each in sentences if not re.fullmatch(r"[A-Z](?:(?!\. [A-Z]).)*\.", each)
    ] == []


def test_every_word_of_a_schema_name_is_explained_or_ordinary() -> None:
    assert unexplained(schema_names(), set(explained()), ORDINARY) == []


def test_every_ordinary_word_is_needed() -> None:
    words = {word.lower() for name in schema_names() for word in words_in(name)}
    assert sorted(ORDINARY - words) == []
    assert sorted(ORDINARY & set(explained())) == []


def test_every_word_of_the_glossary_is_used_in_the_api_the_commands_or_the_documents() -> None:
    text = public_text()
    assert [word for word in explained() if not is_used(word, text)] == []


@pytest.mark.parametrize(
    ("name", "is_empty"),
    [("TaskManager", True), ("BaseClock", True), ("FFmpegImpl", True), ("Baseline", False)],
)
def test_empty_words_are_found(name: str, is_empty: bool) -> None:
    assert bool(set(words_in(name)) & EMPTY) is is_empty


def test_no_class_is_named_by_an_empty_word() -> None:
    names = [(path.name, each) for path in MODULES for each in classes_in(path)]
    assert [(path, each) for path, each in names if set(words_in(each)) & EMPTY] == []


def test_no_module_is_named_by_an_empty_word() -> None:
    empty = {word.lower() for word in EMPTY}
    assert [path.name for path in MODULES if set(path.stem.split("_")) & empty] == []
