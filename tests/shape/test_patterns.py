"""A pattern takes what it says and no line feed after it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import msgspec

from entrypoints.http.openapi import SPOKEN

ROOT = Path(__file__).resolve().parents[2]
FILES = [
    path
    for room in ("src", "scripts", "benchmarks", "training")
    for path in (ROOT / room).rglob("*.py")
]
END = re.compile(r"(?<!\\)(?:\\\\)*\$(?!\(\?!\\n\))")
"""A `$` that also matches before a line feed: alone, and not as `$(?!\n)`."""
NOT_ECMA = re.compile(r"\\[AZ]|\(\?P|\(\?[aiLmsux]|\(\?#|\*\+|\+\+|\?\+")
END_OF_TEXT = "$(?!\\n)"
SAMPLES = ("2M", "128k", "1", "999999999M", "https://dance.example.org/")


def calls() -> Iterator[tuple[str, str, str]]:
    """The place of a pattern, the pattern, and its neighbours."""
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call):
                continue
            name = ast.unparse(node.func)
            words = [word.value for word in node.keywords if word.arg == "pattern"]
            of_re = re.fullmatch(r"re\.\w+", name) and name != "re.escape"
            for each in [*(node.args[:1] if of_re else ()), *words]:
                if isinstance(each, ast.Constant) and isinstance(each.value, str | bytes):
                    text = (
                        each.value if isinstance(each.value, str) else each.value.decode("latin-1")
                    )
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", text, ast.unparse(node)


def without_classes(pattern: str) -> str:
    return re.sub(r"(?<!\\)\[\^?\]?(?:\\.|[^\]\\])*\]", "", pattern)


def test_the_end_of_a_text_is_its_end() -> None:
    patterns = list(calls())
    assert len(patterns) > 15
    # With MULTILINE it is the end of a line that is meant.
    wrong = [
        place
        for place, pattern, call in patterns
        if END.search(without_classes(pattern)) and not re.search(r"\bre\.(M|MULTILINE)\b", call)
    ]
    assert wrong == []


def schemas() -> Iterator[Any]:
    waiting: list[Any] = [msgspec.json.schema_components(SPOKEN)[1]]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            yield each
            waiting += cast(dict[str, Any], each).values()
        elif isinstance(each, list):
            waiting += cast(list[Any], each)


def test_a_published_pattern_means_the_same_to_everybody() -> None:
    patterns = {each["pattern"] for each in schemas() if isinstance(each.get("pattern"), str)}
    assert patterns
    for pattern in patterns:
        assert NOT_ECMA.search(pattern) is None, pattern
        whole = pattern.removeprefix("^").removesuffix(END_OF_TEXT)
        assert f"^{whole}{END_OF_TEXT}" == pattern
        good = [each for each in SAMPLES if re.search(pattern, each)]
        assert good, pattern
        for each in good:
            for other in (f"{each}\n", f"\n{each}", f"{each} ", f"{each}\x00"):
                assert bool(re.search(pattern, other)) == bool(re.fullmatch(whole, other))
