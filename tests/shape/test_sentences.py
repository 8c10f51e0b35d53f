"""Docstrings are sentences with a subject: who does it, and what comes back."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("src", "scripts", "benchmarks", "training", "tests")
OPENINGS = {"What", "Who", "Whose", "How", "Whether", "Where", "Which", "When"}
Described = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def modules_in(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


def docstrings_in(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield line and text of every docstring, those of constants and fields among them."""
    for node in ast.walk(tree):
        if isinstance(node, Described):
            for statement in node.body:
                match statement:
                    case ast.Expr(value=ast.Constant(value=str() as text)):
                        yield statement.lineno, text
                    case _:
                        pass


def riddles_in(source: str) -> list[int]:
    """Return the lines of the docstrings that begin with a question word."""
    docstrings = docstrings_in(ast.parse(source))
    return [line for line, text in docstrings if set(text.split()[:1]) & OPENINGS]


def undescribed_in(tree: Described) -> Iterator[str]:
    """Yield public classes and functions without a docstring; nested functions are left out."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            if node.name.startswith("_"):
                continue
            if ast.get_docstring(node) is None:
                yield node.name
            if isinstance(node, ast.ClassDef):
                yield from undescribed_in(node)


@pytest.mark.parametrize(
    ("docstring", "is_riddle"),
    [
        ("What is told.", True),
        ("Whether it is\n    there.", True),
        ("Where", True),
        ("Return True if it is there.", False),
        ("Whatever", False),
    ],
)
def test_question_words_are_found(docstring: str, is_riddle: bool) -> None:
    sources = (
        f'"""{docstring}"""\n',
        f'class Film:\n    """A film."""\n\n    name: str\n    """{docstring}"""\n',
        f'async def film() -> None:\n    """{docstring}"""\n',
    )
    assert [bool(riddles_in(source)) for source in sources] == [is_riddle] * 3


def test_missing_docstrings_are_found() -> None:
    source = "class Film:\n    def play(self): ...\n    def _stop(self): ...\n"
    assert list(undescribed_in(ast.parse(source))) == ["Film", "play"]


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_docstring_begins_with_a_question_word(folder: str) -> None:
    riddles = {
        path.relative_to(ROOT).as_posix(): lines
        for path in modules_in(folder)
        if (lines := riddles_in(path.read_text()))
    }
    assert riddles == {}


def test_every_public_class_and_function_has_a_docstring() -> None:
    missing = {
        path.relative_to(ROOT).as_posix(): names
        for path in modules_in("src")
        if (names := list(undescribed_in(ast.parse(path.read_text()))))
    }
    assert missing == {}
