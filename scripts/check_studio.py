"""Check the types of the studio's modules, which their comments declare, with TypeScript.

    python -m scripts.check_studio

TypeScript is installed into a folder that is removed. Without Node.js the check is left out, which
is printed. The exit status is 1 if a type is wrong.
"""

import sys
from pathlib import Path
from typing import Final

from scripts import node_packages

STUDIO: Final = Path(__file__).resolve().parent.parent / "src/entrypoints/studio"
TYPESCRIPT: Final = "typescript@5"
OPTIONS: Final = (
    *("--noEmit", "--allowJs", "--checkJs", "--strict", "--skipLibCheck"),
    *("--target", "es2022", "--module", "es2022", "--moduleResolution", "bundler"),
    *("--lib", "es2023,dom,dom.iterable,dom.asynciterable"),
)


def main() -> int:
    """Return the exit status of the check."""
    modules = sorted(map(str, STUDIO.glob("*.js")))
    try:
        with node_packages.installed(TYPESCRIPT) as packages:
            return packages.run("tsc", *OPTIONS, *modules)
    except FileNotFoundError:
        print(f"The types of the studio are not checked: {node_packages.MISSING}")
        return 0


if __name__ == "__main__":
    sys.exit(main())
