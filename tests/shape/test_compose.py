"""The services beside this one in production, and the settings they share."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
from ruamel.yaml import YAML

from entrypoints.environment import SETTINGS, from_environment
from entrypoints.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = ROOT / "docker-compose.yml"
EXAMPLE = ROOT / ".env.example"
GIVEN = re.compile(r"^(#?)([A-Z0-9_]+)=(.*)$", re.M)


def services() -> dict[str, Any]:
    reader: Any = YAML(typ="safe")
    found: dict[str, Any] = reader.load(COMPOSE)["services"]
    return found


def example(*, commented: bool) -> dict[str, str]:
    """The settings of the example that are given, or those that are commented out."""
    lines = GIVEN.findall(EXAMPLE.read_text())
    return {name: value for mark, name, value in lines if bool(mark) is commented}


@pytest.mark.parametrize(
    ("program", "given"),
    [
        ("hadolint", ["Dockerfile"]),
        ("check-jsonschema", ["--builtin-schema", "vendor.compose-spec", "docker-compose.yml"]),
    ],
)
def test_the_linters_have_nothing_to_say(program: str, given: list[str]) -> None:
    linter = Path(sys.executable).with_name(program)
    if not linter.exists():
        pytest.skip(f"{program} is not installed")
    done = subprocess.run([linter, *given], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_there_is_the_service_a_database_and_a_storage_and_no_more() -> None:
    assert sorted(services()) == ["api", "database", "migrate", "storage"]


def test_every_image_has_a_version_or_is_built_here() -> None:
    for service in services().values():
        name, _, version = service["image"].partition(":")
        assert "build" in service if name == "bachata-buddy" else re.match(r"\d", version)


def test_nothing_is_published_but_on_the_loopback_address() -> None:
    published = [port for service in services().values() for port in service.get("ports", [])]
    assert published
    assert all(port.startswith("127.0.0.1:") for port in published)


def test_the_service_waits_for_its_tables_and_its_storage() -> None:
    waits = {name: each["condition"] for name, each in services()["api"]["depends_on"].items()}
    assert waits == {"migrate": "service_completed_successfully", "storage": "service_healthy"}
    assert services()["migrate"]["command"] == ["bachata-buddy", "db", "upgrade"]
    assert all("healthcheck" in services()[name] for name in ("database", "storage"))


def test_the_service_has_ended_by_itself_before_it_is_killed() -> None:
    api = services()["api"]
    stop_seconds = float(api["environment"]["BACHATA_STOP_SECONDS"])
    assert 0 < stop_seconds < float(api["stop_grace_period"].removesuffix("s"))
    # Docker and Kubernetes give 10 s and 30 s where nobody says.
    assert Settings().stop_seconds < 10


def test_what_is_kept_lies_in_volumes() -> None:
    kept = {name: services()[name]["volumes"] for name in ("api", "database", "storage")}
    assert kept == {
        "api": ["work:/data"],
        "database": ["database:/var/lib/postgresql"],
        "storage": ["media:/data"],
    }


def test_the_example_has_every_setting_once() -> None:
    names = [name for _, name, _ in GIVEN.findall(EXAMPLE.read_text())]
    # The folder is the container's own.
    known = [setting.name for setting in SETTINGS if setting.field != "data_dir"]
    assert sorted(names) == sorted([*known, "POSTGRES_PASSWORD"])


def test_what_is_commented_out_is_as_it_is_anyway() -> None:
    fields = {setting.name: setting.field for setting in SETTINGS}
    plain = Settings()
    for name, value in example(commented=True).items():
        default: object = getattr(plain, fields[name])
        assert msgspec.convert(value, type(default), strict=False) == default, name


def test_the_example_is_settings_the_service_takes() -> None:
    given = example(commented=False)
    settings = from_environment(given)
    assert settings.storage_backend == "s3"
    assert f":{given['POSTGRES_PASSWORD']}@" in settings.database


def test_all_that_the_services_ask_for_is_in_the_example() -> None:
    asked = set(re.findall(r"\$\{(\w+)", COMPOSE.read_text()))
    assert asked
    assert asked <= set(example(commented=False))
