"""Every error ends a command with the status that docs tell, in one sentence."""

import inspect
import re
from pathlib import Path
from typing import Any

import pytest

import domain.accounts.errors
import domain.scripts.errors
from domain.shared import errors
from domain.shared.violations import Violation
from entrypoints.cli import exit_codes
from entrypoints.cli.exit_codes import EXIT, status_of
from entrypoints.http.problems import STATUS

DOCUMENT = Path(__file__).parents[2] / "docs" / "API.md"
ARGUMENTS: dict[type[errors.BachataError], tuple[Any, ...]] = {
    errors.WaitedTooLong: ("a place", 5.0),
    errors.MediaNotFound: ("clips/a.mp4",),
}


def kinds() -> list[type[errors.BachataError]]:
    modules = (errors, domain.accounts.errors, domain.scripts.errors)
    classes = [
        each for module in modules for _, each in inspect.getmembers(module, inspect.isclass)
    ]
    return [each for each in dict.fromkeys(classes) if issubclass(each, errors.BachataError)]


def error_of(kind: type[errors.BachataError]) -> errors.BachataError:
    if issubclass(kind, errors.InvalidRequest):
        return kind((Violation(path="$.a", message="It is wrong."),))
    return kind(*ARGUMENTS.get(kind, ()))


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.__name__)
def test_status_and_exit_code_say_the_same_of_every_error(kind: type[errors.BachataError]) -> None:
    status = next(STATUS[each] for each in kind.__mro__ if each in STATUS)
    expected = {
        507: exit_codes.DISK,
        504: exit_codes.TIME,
        503: exit_codes.LATER,
        429: exit_codes.LATER,
        500: exit_codes.FAILED,
    }.get(status, exit_codes.NOT_RIGHT)
    if issubclass(kind, errors.DatabaseBehind | errors.DatabaseAhead):
        expected = exit_codes.NOT_RIGHT
    if issubclass(kind, errors.MigrationFailed):
        expected = exit_codes.FAILED
    assert status_of(error_of(kind)) == expected


def test_every_status_is_documented_and_no_other() -> None:
    text = DOCUMENT.read_text()
    table = text[text.index("| exit status |") :].split("\n\n")[0]
    documented_codes = {int(number) for number in re.findall(r"^\| (\d+)", table, re.M)}
    codes = {
        value
        for name, value in vars(exit_codes).items()
        if name.isupper() and isinstance(value, int)
    }
    assert documented_codes == codes
    assert set(EXIT.values()) < codes
