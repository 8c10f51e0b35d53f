"""Words that say nothing are no names."""

import ast
import re
from pathlib import Path

import pytest

SRC = Path(__file__).resolve().parents[2] / "src"
EMPTY = {"Manager", "Helper", "Helpers", "Util", "Utils", "Impl", "Base", "Abstract"}
MODULES = sorted(SRC.rglob("*.py"))


def classes_in(path: Path) -> list[str]:
    tree = ast.parse(path.read_text())
    return [node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]


def words_in(name: str) -> set[str]:
    return set(re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name))


@pytest.mark.parametrize(
    ("name", "empty"),
    [("TaskManager", True), ("BaseClock", True), ("FFmpegImpl", True), ("Baseline", False)],
)
def test_words_are_told_apart(name: str, empty: bool) -> None:
    assert bool(words_in(name) & EMPTY) is empty


def test_no_class_is_named_by_an_empty_word() -> None:
    names = [(path.name, each) for path in MODULES for each in classes_in(path)]
    assert [(path, each) for path, each in names if words_in(each) & EMPTY] == []


def test_no_module_is_named_by_an_empty_word() -> None:
    empty = {word.lower() for word in EMPTY}
    assert [path.name for path in MODULES if set(path.stem.split("_")) & empty] == []
