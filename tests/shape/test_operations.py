"""The page for operators agrees with the code: events of the log, commands, what is told once."""

import ast
import re
import shlex
from pathlib import Path

import click
import pytest

from entrypoints.cli.main import cli

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/OPERATIONS.md").read_text()
DEPLOYMENT = (ROOT / "docs/DEPLOYMENT.md").read_text()
README = (ROOT / "README.md").read_text()
LEVELS = ("warning", "error", "critical", "exception")
ALARMS = {"now", "often", "no"}
SHORT = 60
"""Characters of a line that two documents may share, such as the head of a table."""


def _events() -> dict[str, str]:
    """Return the events that the code logs as warnings or worse, each with a module."""
    found: dict[str, str] = {}
    for path in sorted((ROOT / "src").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Call(
                    func=ast.Attribute(value=ast.Name(id="_log" | "log"), attr=level),
                    args=[ast.Constant(value=str(text)), *_],
                ) if level in LEVELS:
                    found[re.sub(r"%[sdrg]", "...", text)] = path.name
                case _:
                    pass
    return found


def _rows() -> list[tuple[str, str, str]]:
    marked = re.search(r"<!-- events -->(.*?)<!-- /events -->", PAGE, re.DOTALL)
    assert marked
    return re.findall(r"^\| `(.*?)` \| (\w+) \| (\w+) \| \S", marked[1], re.MULTILINE)


def test_every_warning_of_the_log_is_on_the_page() -> None:
    told = {event for event, _, _ in _rows()}
    missing = [
        f"docs/OPERATIONS.md does not tell what the log's `{event}` ({module}) means. Add a row to "
        "one of the tables between the marks `events`: event, level, alarm, and what to do."
        for event, module in _events().items()
        if event not in told
    ]
    assert not missing, "\n".join(missing)


def test_every_event_of_the_page_is_logged() -> None:
    texts = {
        re.sub(r"%[sdrg]", "...", node.value)
        for path in (ROOT / "src").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert [event for event, _, _ in _rows() if event not in texts] == []
    assert len({event for event, _, _ in _rows()}) == len(_rows())


def test_a_level_and_an_alarm_are_among_those_that_the_page_explains() -> None:
    assert {level for _, level, _ in _rows()} <= set(LEVELS)
    assert {alarm for _, _, alarm in _rows()} == ALARMS
    assert all(alarm == "now" for _, level, alarm in _rows() if level == "critical")


def _commands() -> list[str]:
    lines = re.findall(r"^ *(?:export \w+=\S+ && )?(bachata-buddy .*)$", PAGE, re.MULTILINE)
    inside = re.findall(r"`(bachata-buddy [^`]+)`", PAGE)
    return sorted({*lines, *inside})


@pytest.mark.parametrize("line", _commands())
def test_a_command_of_the_page_is_one_of_the_program(line: str) -> None:
    command: click.Command = cli
    for word in shlex.split(line)[1:]:
        if isinstance(command, click.Group):
            assert word in command.commands, line
            command = command.commands[word]
        elif word.startswith("-"):
            assert word in {option for each in command.params for option in each.opts}, line


@pytest.mark.parametrize(
    ("one", "other"),
    [(PAGE, DEPLOYMENT), (PAGE, README), (DEPLOYMENT, README)],
    ids=["OPERATIONS-DEPLOYMENT", "OPERATIONS-README", "DEPLOYMENT-README"],
)
def test_two_pages_do_not_say_the_same(one: str, other: str) -> None:
    """They share no sentence, and no row of a table."""

    def said(text: str) -> set[str]:
        prose = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
        rows = {line for line in prose.splitlines() if line.startswith("|")}
        lines = (line for line in prose.splitlines() if not line.startswith(("|", "    ")))
        words = " ".join(" ".join(lines).split())
        return {each for each in {*rows, *re.split(r"(?<=[.:]) ", words)} if len(each) > SHORT}

    assert said(one) & said(other) == set()
