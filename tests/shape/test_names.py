"""A variable is called by the noun of what it holds, not by a participle such as `found`."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SRC = Path(__file__).resolve().parents[2] / "src"
PARTICIPLES = {"told", "said", "heard", "found", "wanted", "asked"}
LEFT_OUT = {
    "adapters/database": "not read yet",
    "adapters/memory/jobs.py": "not read yet",
    "application/jobs": "not read yet, but for `wanted`: a job made although nobody waits for it",
    "entrypoints/http/choreography.py": "not read yet",
    "entrypoints/http/openapi.py": "not read yet",
    "entrypoints/http/ways_to_wait.py": "not read yet",
}
"""Files and folders whose names are still to be put right; a place that needs it no more goes."""


def bindings_in(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield line and name of every local variable and parameter of a module's functions."""
    functions = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.comprehension):
            yield from _stores_in(node.target)
        elif isinstance(node, functions):
            yield from _stores_in(node)


def _stores_in(root: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(root):
        match node:
            case ast.Name(id=name, ctx=ast.Store(), lineno=line):
                yield line, name
            case ast.ExceptHandler(name=str(name), lineno=line):
                yield line, name
            case ast.MatchAs(name=str(name), lineno=line):
                yield line, name
            case ast.MatchStar(name=str(name), lineno=line):
                yield line, name
            case _:
                pass


def participles_in(source: str) -> list[str]:
    """Return the forbidden names with their lines, in order and each once."""
    wrong = {each for each in bindings_in(ast.parse(source)) if each[1] in PARTICIPLES}
    return [f"{line}: {name}" for line, name in sorted(wrong)]


def is_left_out(path: str) -> bool:
    return any(path == each or path.startswith(f"{each}/") for each in LEFT_OUT)


@pytest.mark.parametrize(
    "source",
    [
        "def search(found): ...",
        "def search(*, found=1): ...",
        "async def search():\n    found = 1",
        "def search():\n    if found := 1: ...",
        "def search():\n    for one, found in (): ...",
        "def search():\n    with one() as found: ...",
        "def search():\n    try: ...\n    except OSError as found: ...",
        "def search():\n    match 1:\n        case [found, *_]: ...",
        "def search():\n    match 1:\n        case [_, *found]: ...",
        "KEYS = [found for found in ()]",
        "KEY = lambda found: found",
    ],
)
def test_a_participle_is_found_wherever_a_name_is_bound(source: str) -> None:
    assert len(participles_in(source)) == 1


@pytest.mark.parametrize(
    "source",
    [
        "class Standing:\n    found: str",
        "def search(is_found, finding):\n    return finding.found",
        "def search():\n    return dict(found=1)",
    ],
)
def test_fields_and_keywords_may_be_words_of_the_api(source: str) -> None:
    assert participles_in(source) == []


def test_no_variable_of_the_product_is_a_participle() -> None:
    paths = {path.relative_to(SRC).as_posix(): path for path in sorted(SRC.rglob("*.py"))}
    wrong = {
        name: participles
        for name, path in paths.items()
        if not is_left_out(name) and (participles := participles_in(path.read_text()))
    }
    assert wrong == {}


@pytest.mark.parametrize("place", LEFT_OUT)
def test_what_is_left_out_still_needs_it(place: str) -> None:
    path = SRC / place
    files = sorted(path.rglob("*.py")) if path.is_dir() else [path]
    assert any(participles_in(file.read_text()) for file in files)
