"""Write the settings into README.md and .env.example, from where they are declared.

    python scripts/settings_docs.py

Raises `ValueError` where a file has no place for them.
"""

import re
from pathlib import Path
from typing import Final

from entrypoints.environment import env_example, readme_table

ROOT: Final = Path(__file__).resolve().parents[1]
README: Final = ROOT / "README.md"
EXAMPLE: Final = ROOT / ".env.example"
_TABLE: Final = re.compile(r"(<!-- settings -->\n).*?(<!-- /settings -->)", re.DOTALL)
_LINES: Final = re.compile(r"(\nPOSTGRES_PASSWORD=.*\n\n).*()\Z", re.DOTALL)


def readme(text: str) -> str:
    """The README with the table of settings as it is to be."""
    return _filled(text, _TABLE, readme_table())


def example(text: str) -> str:
    """The example with all settings as they are to be."""
    return _filled(text, _LINES, env_example())


def _filled(text: str, place: re.Pattern[str], inside: str) -> str:
    if place.search(text) is None:
        raise ValueError(f"There is no place for the settings: {place.pattern}")
    return place.sub(lambda found: found[1] + inside + found[2], text, count=1)


if __name__ == "__main__":
    README.write_text(readme(README.read_text()))
    EXAMPLE.write_text(example(EXAMPLE.read_text()))
