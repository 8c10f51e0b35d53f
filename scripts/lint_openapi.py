"""Lint docs/openapi.json with Spectral and the rules of .spectral.yaml.

    python -m scripts.lint_openapi

The exit status is 0 if Spectral finds nothing, hints included. npm installs Spectral into a folder
that is removed afterwards. Without Node.js nothing is linted, which is printed.
"""

import sys
from typing import Final

from scripts import node_packages
from scripts.openapi_document import DOCUMENT, ROOT

RULES: Final = ROOT / ".spectral.yaml"
SPECTRAL: Final = "@stoplight/spectral-cli@6"


def main() -> int:
    """Return the exit status."""
    try:
        with node_packages.installed(SPECTRAL) as packages:
            return packages.run(
                *("spectral", "lint", "--fail-severity=hint", "--ruleset", str(RULES)),
                str(DOCUMENT),
            )
    except FileNotFoundError as error:
        print(f"{error} Nothing is linted.")
        return 0


if __name__ == "__main__":
    sys.exit(main())
