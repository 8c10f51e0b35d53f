"""Write the settings into docs/OPERATIONS.md and .env.example, from where they are declared.

    python scripts/settings_docs.py

Raises `ValueError` where a file has no place for them.
"""

import re
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML

from entrypoints.environment import env_example, settings_table

ROOT: Final = Path(__file__).resolve().parents[1]
OPERATIONS: Final = ROOT / "docs/OPERATIONS.md"
EXAMPLE: Final = ROOT / ".env.example"
COMPOSE: Final = ROOT / "compose.yaml"
_TABLE: Final = re.compile(r"(<!-- settings -->\n).*?(<!-- /settings -->)", re.DOTALL)
_LINES: Final = re.compile(r"(\n# The settings of the service[^\n]*\n).*()\Z", re.DOTALL)


def operations(text: str) -> str:
    """The page for operators with the table of settings as it is to be."""
    return _filled(text, _TABLE, settings_table())


def example(text: str) -> str:
    """The example with all settings as they are to be, but those that compose.yaml gives."""
    return _filled(text, _LINES, env_example(composed()))


def composed() -> dict[str, str]:
    """The settings that compose.yaml gives to every process of the service."""
    reader: Any = YAML(typ="safe")
    given: dict[str, str] = reader.load(COMPOSE)["x-service"]["environment"]
    return given


def _filled(text: str, place: re.Pattern[str], inside: str) -> str:
    if place.search(text) is None:
        raise ValueError(f"There is no place for the settings: {place.pattern}")
    return place.sub(lambda found: found[1] + inside + found[2], text, count=1)


if __name__ == "__main__":
    OPERATIONS.write_text(operations(OPERATIONS.read_text()))
    EXAMPLE.write_text(example(EXAMPLE.read_text()))
