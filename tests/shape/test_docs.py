"""The documents agree with the code."""

import ast
import json
import re
from enum import Enum
from pathlib import Path
from typing import Any

import click
import msgspec
import pytest
from litestar.routes import HTTPRoute

from adapters.mp4.errors import UnreadableTrack
from application.operations.extras import ExtraMissing
from domain.blueprint import rules
from domain.blueprint.model import Blueprint, BlueprintMove, OutputConfig
from domain.rendering import assembly
from domain.rendering.assembly import FINAL, FORWARD, PROGRESS, State
from domain.scripts.errors import SpeechFailed
from domain.shared import errors
from domain.shared.result_warnings import MEANINGS, WarningCode
from entrypoints.cli.main import cli
from entrypoints.http.app import create_app
from entrypoints.http.problems import STATUS
from entrypoints.settings import Settings
from scripts import settings_docs
from scripts.neutral_lock import ADDRESS

ROOT = Path(__file__).resolve().parents[2]
SRC = ROOT / "src"
README = (ROOT / "README.md").read_text()
SCHEMA = (ROOT / "docs/BLUEPRINT_SCHEMA.md").read_text()
API = (ROOT / "docs/API.md").read_text()
ARCHITECTURE = (ROOT / "docs/ARCHITECTURE.md").read_text()
DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
DECISIONS = sorted((ROOT / "docs/decisions").glob("*.md"))
LARGEST_PICTURE = 150_000


def marked(text: str, name: str) -> str:
    """Return the text between a pair of marks."""
    found = re.search(rf"<!-- {name} -->\n(.*?)<!-- /{name} -->", text, re.DOTALL)
    assert found, f"There is no part marked {name!r}."
    return found[1]


def table(head: str, rows: list[str]) -> str:
    columns = head.count("|") - 1
    return "\n".join([head, "|" + "---|" * columns, *rows, ""])


def section(text: str, heading: str) -> str:
    return text.split(f"\n## {heading}\n")[1].split("\n## ")[0]


def json_blocks(text: str) -> list[str]:
    return re.findall(r"^```json\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


def test_the_table_and_the_example_are_made_from_the_settings() -> None:
    """`python scripts/settings_docs.py` makes them so."""
    page = settings_docs.OPERATIONS.read_text()
    assert settings_docs.operations(page) == page
    example = settings_docs.EXAMPLE.read_text()
    assert settings_docs.example(example) == example


def documented_defaults(heading: str) -> list[tuple[str, str]]:
    rows = re.findall(r"^\| `(\w+)` \| .*? \| ([^|]+) \| [^|]+ \|$", section(SCHEMA, heading), re.M)
    return [(name, default.strip("` ")) for name, default in rows]


def default_of(info: Any) -> str:
    if info.required:
        return "required"
    value = info.default if info.default is not msgspec.NODEFAULT else info.default_factory()
    if value is msgspec.UNSET:
        return "derived"
    if isinstance(value, Enum):
        return str(value.value)
    return value if isinstance(value, str) else json.dumps(value)


@pytest.mark.parametrize("kind", [Blueprint, BlueprintMove, OutputConfig])
def test_every_field_of_a_blueprint_is_documented_with_its_default(
    kind: type[msgspec.Struct],
) -> None:
    fields = [(info.name, default_of(info)) for info in msgspec.structs.fields(kind)]
    assert documented_defaults(kind.__name__) == fields


@pytest.mark.parametrize("block", json_blocks(SCHEMA))
def test_an_example_of_a_blueprint_is_one(block: str) -> None:
    blueprint = rules.read(json.loads(block))
    assert rules.decoded(rules.serialised(blueprint)) == blueprint


def test_the_examples_use_what_a_blueprint_offers() -> None:
    small, large = (json.loads(block) for block in json_blocks(SCHEMA))
    assert set(small) == {"task_id", "audio_path", "moves", "output_config"}
    assert set(large) == set(Blueprint.__struct_fields__)
    assert set().union(*large["moves"]) == set(BlueprintMove.__struct_fields__)
    assert set(large["output_config"]) == set(OutputConfig.__struct_fields__)


@pytest.mark.parametrize("text", [README, API], ids=["README", "API"])
def test_every_block_of_json_is_json(text: str) -> None:
    assert [json.loads(block) for block in json_blocks(text)]


def test_every_warning_is_documented_with_its_meaning() -> None:
    rows = [f"| `{code}` | {MEANINGS[code]} |" for code in WarningCode]
    assert marked(API, "warnings") == table("| code | meaning |", rows)


def test_every_code_of_a_warning_is_used_by_the_service_and_by_a_test() -> None:
    """`uncoded` is the code of records of earlier versions, which an alembic revision writes."""
    source = "\n".join(path.read_text() for path in SRC.rglob("*.py"))
    tests = "\n".join(path.read_text() for path in ROOT.glob("tests/**/test_*.py"))
    own = "\n".join(path.read_text() for path in SRC.glob("domain/shared/result_warnings.py"))
    used = {code for code in WarningCode if source.count(f"WarningCode.{code.name}") > 1}
    used |= {code for code in WarningCode if own.count(f"ResultWarning(WarningCode.{code.name}")}
    assert set(WarningCode) - used == set()
    tested = {code for code in WarningCode if f'"{code}"' in tests or f".{code.name}" in tests}
    assert set(WarningCode) - tested == set()


def test_the_states_of_an_assembly_are_those_of_the_machine() -> None:
    def row(state: State) -> str:
        steps = [f"`{s}` -> `{to}`" for (of, s), to in FORWARD.items() if of is state]
        progress = PROGRESS.get(state, "kept")
        return f"| `{state}` | {progress} | {', '.join(steps) or 'none'} |"

    expected = table("| state | progress | steps that lead on |", [row(state) for state in State])
    assert marked(ARCHITECTURE, "states") == expected


def test_the_drawing_of_the_machine_has_its_steps() -> None:
    drawn = set(re.findall(r"^ +(\w+) --> (\w+): (\w+)$", ARCHITECTURE, re.MULTILINE))
    assert drawn == {(str(of), str(to), str(step)) for (of, step), to in FORWARD.items()}
    assert assembly.STEPS.keys() - FORWARD.keys() == {
        (state, step)
        for state in State
        if state not in FINAL
        for step in (assembly.Step.FAIL, assembly.Step.CANCEL)
    }


def all_errors(kind: type[errors.BachataError] = errors.BachataError) -> list[Any]:
    # An error of another module is found once that is imported.
    assert issubclass(UnreadableTrack, errors.BachataError)
    assert issubclass(ExtraMissing, errors.BachataError)
    assert issubclass(SpeechFailed, errors.BachataError)
    return [kind, *(each for sub in kind.__subclasses__() for each in all_errors(sub))]


def status_of(kind: type[errors.BachataError]) -> int:
    return next(int(STATUS[each]) for each in kind.__mro__ if each in STATUS)


def test_every_error_stands_beside_its_status() -> None:
    found: dict[str, int] = {}
    for kind, status, names in re.findall(
        r"^\| `(\w+)` \| (\d+) \| (.*)\|$", marked(ARCHITECTURE, "errors"), re.MULTILINE
    ):
        found |= {each: int(status) for each in [kind, *re.findall(r"\w+", names)]}
    expected = {each.__name__: status_of(each) for each in all_errors()[1:]}
    assert found == expected


def test_every_code_of_an_error_stands_beside_its_status() -> None:
    found = {
        (code, int(status))
        for status, codes in re.findall(r"^\| (\d+) \| (.*) \|$", marked(API, "codes"), re.M)
        for code in re.findall(r"[\w-]+", codes)
    }
    assert found == {(each.code, status_of(each)) for each in all_errors()}


def test_the_routes_are_those_that_are_served() -> None:
    served = {
        re.sub(r":\w+}", "}", route.path)
        for route in create_app(Settings()).routes
        if isinstance(route, HTTPRoute) and not route.path.startswith("/schema")
    }
    documented = set(re.findall(r"^\| `[A-Z]+ (/\S*)` \|", API, re.MULTILINE))
    assert documented == served


def commands(group: click.Group, before: str) -> list[tuple[str, click.Command]]:
    found: list[tuple[str, click.Command]] = []
    for name, command in group.commands.items():
        words = f"{before} {name}"
        deeper = isinstance(command, click.Group)
        found += commands(command, words) if deeper else [(words, command)]
    return found


@pytest.mark.parametrize(("words", "command"), commands(cli, "bachata-buddy"))
def test_a_command_is_in_the_readme(words: str, command: click.Command) -> None:
    assert f"`{words}" in README


def test_the_options_of_the_demo_are_in_the_readme() -> None:
    options = [option for each in cli.commands["demo"].params for option in each.opts]
    long = [option for option in options if option.startswith("--")]
    assert [option for option in long if f"`{option}" not in README] == []


def protocols() -> set[str]:
    trees = [ast.parse(path.read_text()) for path in SRC.glob("application/ports/*.py")]
    classes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    return {c.name for c in classes if any(getattr(b, "id", "") == "Protocol" for b in c.bases)}


def test_every_port_stands_beside_adapters_that_are_there() -> None:
    rows = re.findall(
        r"^\| `(\w+)` \| .* \| (.*) \| `((?:Memory|InProcess)\w+)` \|$",
        section(ARCHITECTURE, "Ports and adapters"),
        re.MULTILINE,
    )
    code = "\n".join(path.read_text() for path in SRC.rglob("*.py"))
    named = {each for _, real, memory in rows for each in [*re.findall(r"\w+", real), memory]}
    # The application itself makes what an encoder fetches files by, and what events are read by;
    # a span comes from its spans.
    assert {port for port, _, _ in rows} == protocols() - {"MediaFiles", "Span", "Subscription"}
    assert [each for each in sorted(named) if f"class {each}" not in code] == []


def _arrows(top: str) -> set[tuple[str, str]]:
    """Return the imports between rooms according to the code."""
    found: set[tuple[str, str]] = set()
    for file in (SRC / top).rglob("*.py"):
        room = ".".join(file.relative_to(SRC).parts[:2])
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith(top):
                whole = f"{node.module}.{node.names[0].name}"
                found.add((room, ".".join(whole.split(".")[:2])))
    return {(one, other) for one, other in found if one != other}


@pytest.mark.parametrize("top", ["domain", "application"])
def test_the_rooms_are_drawn_as_they_are(top: str) -> None:
    drawn = {
        (one, other)
        for one, others in re.findall(rf"^    ({top}\.\w+) --> (.*)$", ARCHITECTURE, re.M)
        for other in others.split(" & ")
    }
    assert drawn == _arrows(top)


@pytest.mark.parametrize("top", ["domain", "application"])
def test_every_room_has_a_paragraph_and_every_module_a_room(top: str) -> None:
    told = set(re.findall(rf"^- \*\*({top}\.\w+)\*\*: ", ARCHITECTURE, re.M))
    rooms = {path.parent for path in (SRC / top).rglob("*.py")} - {SRC / top}
    assert told == {f"{top}.{path.relative_to(SRC / top).parts[0]}" for path in rooms}
    assert [path.name for path in (SRC / top).glob("*.py")] == ["__init__.py"]


def test_every_folder_of_adapters_and_of_tests_is_told_of() -> None:
    words = set(re.findall(r"\w+", section(ARCHITECTURE, "Rooms")))
    files = [p for top in (SRC / "adapters", ROOT / "tests") for p in top.glob("*/**/*.py")]
    folders = {
        file.relative_to(top).parts[0]
        for top in (SRC / "adapters", ROOT / "tests")
        for file in files
        if file.is_relative_to(top)
    }
    assert folders - words == set()


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_a_link_leads_somewhere(path: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)", path.read_text())
    assert [link for link in links if not (path.parent / link).exists()] == []


def anchors(text: str) -> set[str]:
    """Return the anchors of the headings of a document, as GitHub derives them."""
    headings = re.findall(r"^#+ (.*)$", text, re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_a_link_to_a_heading_leads_to_one(path: Path) -> None:
    links = re.findall(r"\]\(([^)#:]*)#([^)]+)\)", path.read_text())
    found = [(file, name, path.parent / file if file else path) for file, name in links]
    assert [
        f"{file}#{name}" for file, name, to in found if name not in anchors(to.read_text())
    ] == []


@pytest.mark.parametrize("text", [README, ARCHITECTURE], ids=["README", "ARCHITECTURE"])
def test_a_path_of_the_source_code_exists(text: str) -> None:
    tops = "src|tests|scripts|training|docs|domain|application|adapters|entrypoints"
    named = re.findall(rf"`((?:{tops})/[\w/.]+)`", text)
    assert named
    places = [(name, ROOT / name, SRC / name) for name in named]
    assert [name for name, *found in places if not any(each.exists() for each in found)] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_a_document_names_no_index_and_no_folder_of_a_machine(path: Path) -> None:
    text = path.read_text()
    assert ADDRESS.search(text.encode()) is None
    assert re.search(r"(?<![\w.])/(work|home|root|tmp|Users)/", text) is None
    hosts = re.findall(r"https?://([^/\s`)]+)", text)
    assert [host for host in hosts if not host.startswith("127.0.0.1")] == []


def test_the_decisions_are_counted() -> None:
    numbers = [path.name[:4] for path in DECISIONS]
    assert numbers == [f"{number:04}" for number in range(1, len(DECISIONS) + 1)]


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_says_why_what_and_what_follows(path: Path) -> None:
    text = path.read_text()
    assert text.startswith(f"# {int(path.name[:4])}. ")
    assert re.findall(r"^## (.*)$", text, re.M) == ["Context", "Decision", "Consequence"]


def test_the_picture_is_a_small_jpeg() -> None:
    picture = (ROOT / "docs/images/demo.jpg").read_bytes()
    assert picture.startswith(b"\xff\xd8")
    assert len(picture) < LARGEST_PICTURE


def test_every_code_has_an_entry_in_the_page_of_troubles() -> None:
    page = (ROOT / "docs/TROUBLESHOOTING.md").read_text()
    codes = re.findall(r"^\| `([a-z0-9-]+)` \| [^|]+ \| [^|]+\. \| [^|]+\. \|$", page, re.MULTILINE)
    assert sorted(codes) == sorted({*(each.code for each in all_errors()), *WarningCode})
