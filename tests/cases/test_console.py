"""Names that look like markup are shown as they are."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from entrypoints.cli.console import plain, say

MARKUP = st.text(alphabet="[]/\\ax #@=b", max_size=12)


def output_of(line: str, *, as_it_is: bool = False) -> str:
    console = Console(file=io.StringIO(), width=10_000)
    if as_it_is:
        say(console, line)
    else:
        console.print(line, highlight=False)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


@given(text=MARKUP)
@settings(max_examples=300)
def test_a_line_is_printed_as_it_is(text: str) -> None:
    assert output_of(text, as_it_is=True) == f"{text}\n"


@given(first=MARKUP, second=MARKUP)
@settings(max_examples=300)
def test_no_text_in_a_line_with_markup_is_taken_for_markup(first: str, second: str) -> None:
    line = output_of(f"[bold]{plain(first)}[/]: {plain(second)}")
    # Of backslashes before what is no markup the console shows some twice.
    bare = line.replace("\\", "")
    assert bare == f"{first}: {second}\n".replace("\\", "")


@pytest.mark.parametrize("text", ["[/x]", "take [1]", "[red]x", "a\\[b]", "[bold"])
def test_brackets_stay(text: str) -> None:
    assert output_of(f"[bold]{plain(text)}[/]") == f"{text}\n"
