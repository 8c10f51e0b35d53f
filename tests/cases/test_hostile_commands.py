"""Whatever a person, or a file, says to a command, it ends in words and a documented status."""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import click
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from entrypoints.cli import exit_codes
from entrypoints.cli.main import cli
from tests.cases.test_commands import Run, backend, run

__all__ = ["backend", "run"]

DOCUMENTED: Final = {
    value for name, value in vars(exit_codes).items() if name.isupper() and isinstance(value, int)
} - {exit_codes.BUG}
SERVING: Final = {"serve", "doctor", "demo"}
"""Commands without arguments, or slow ones: their options are tried alone."""

HOSTILE: Final = [
    "",
    " ",
    "[/x]",
    "[red",
    "\\[bold]\\",
    "[link=file:///etc]x",
    "-1",
    "9" * 30,
    "9" * 400,
    "9" * 5000,
    "1e999",
    "nan",
    "-inf",
    "0x10",
    "\u202eabc",
    "\u0000x",
    "\udc80\udcff",
    "a" * 5000,
    "../../etc/passwd",
    "/dev/null",
    "~",
    "%s%n{0}",
    "日本語",
    "a=b=c",
    "4=[/x]",
    f"{'9' * 5000}=a",
    "s3://b/[/x]",
    "postgresql://[/x]",
    "sqlite:///[/x]",
]
# The system passes no NUL to a program.
TEXTS: Final = (st.sampled_from(HOSTILE) | st.text(max_size=40)).map(
    lambda text: text.replace("\0", "")
)
FILES: Final[list[bytes]] = [
    b"",
    b"\0" * 100,
    b"\xff\xfe[\0/\0x\0]\0",
    b"\xff\xfe\xff",
    b"[" * 100_000,
    b'{"moves": ' * 5000,
    b'[{"id": "[/x]", "label": "[/x]", "clip": "b/[/x].mp4"}]',
    b'[{"id": "a", "pose_embedding": [1' + b"0" * 400 + b"]}]",
    b'[{"id": "a", "pose_embedding": [' + b"1" + b"0" * 400 + b", 1.0" * 511 + b"]}]",
    b'[{"id": 1' + b"0" * 400 + b', "tempo": 1' + b"0" * 400 + b', "duration": 1e400}]',
    b'[{"id": 1' + b"0" * 5000 + b"}]",
    b'[{"id": ["a", {"b": null}], "difficulty": 1' + b"0" * 400 + b"}]",
    b'{"task_id": 5, "moves": [{"duration": 1' + b"0" * 400 + b"}]}",
    b"id;clip\n[/x];\0.mp4\n",
    b"id,clip\n" + b"x" * 10_000_000,
    b"id\tclip\r\r\n\t\t\t\n",
    b'"' * 1001,
    "id,clip\nñ,ñ.mp4".encode("latin-1"),
    "id,clip\nñ,ñ.mp4".encode("utf-16"),
    b'{"audio_path": "../../x", "moves": [], "[/x]": 1}',
]


def commands(group: click.Group = cli, *names: str) -> Iterator[tuple[str, ...]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, *names, name)
        else:
            yield (*names, name)


def command_of(names: tuple[str, ...]) -> click.Command:
    command: click.Command = cli
    for name in names:
        assert isinstance(command, click.Group)
        command = command.commands[name]
    return command


COMMANDS: Final = sorted(commands())


def checked(run: Run, *words: object, stdin: bytes = b"") -> None:
    result = run(*words, stdin=stdin)
    assert result.status in DOCUMENTED, (result.status, result.err[-500:])
    assert "Traceback" not in result.err
    assert "Traceback" not in result.out


def quick(function: Any) -> Any:
    checks = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
    return settings(max_examples=100, deadline=None, suppress_health_check=checks)(function)


@given(data=st.data())
@quick
def test_any_words_end_a_command_with_a_documented_status(data: st.DataObject, run: Run) -> None:
    names = data.draw(st.sampled_from(COMMANDS))
    command = command_of(names)
    words: list[str] = []
    for parameter in command.params:
        if isinstance(parameter, click.Argument):
            words.append(data.draw(TEXTS))
        elif isinstance(parameter, click.Option) and data.draw(st.booleans()):
            if names[-1] in SERVING and parameter.is_flag:
                continue
            words.append(parameter.opts[0])
            if not parameter.is_flag:
                words.append(data.draw(TEXTS))
    if names[-1] in SERVING:
        words.append("[/x]")
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        checked(run, *names, *words)


@pytest.mark.parametrize("content", FILES, ids=range(len(FILES)))
@pytest.mark.parametrize("suffix", [".json", ".csv", ".mp4"])
def test_any_file_ends_a_command_with_a_documented_status(
    run: Run, tmp_path: Path, content: bytes, suffix: str
) -> None:
    file = tmp_path / f"[x]{suffix}"
    file.write_bytes(content)
    for words in (
        ("library", "import", file),
        ("library", "import", tmp_path),
        ("library", "add-song", file),
        ("library", "add-move", file),
        ("song", "analyze", file),
        ("assemble", file),
        ("explain", file),
        ("migrate-seed", file),
        ("plan", "--song", file),
    ):
        checked(run, *words)
    checked(run, "explain", "-", stdin=content)


JSON: Final = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(-(10**400), 10**400)
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["[/x]", "\u202e", "clips/a.mp4", "easy", "high"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
FIELDS: Final = ["id", "name", "label", "clip", "difficulty", "energy", "style", "duration"]
ROWS: Final = st.lists(
    st.dictionaries(
        st.sampled_from([*FIELDS, "tempo", "first_count", "pose_embedding", "text_embedding"]),
        JSON,
    ),
    max_size=4,
)


@given(rows=ROWS)
@quick
def test_any_list_of_moves_ends_an_import_with_a_documented_status(run: Run, rows: Any) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "moves.json"
        file.write_bytes(json.dumps(rows).encode())
        checked(run, "library", "import", file)
        checked(run, "migrate-seed", file, "--dry-run")
