"""Keep `uv.lock` free of index addresses: names, versions and hashes only.

    python scripts/neutral_lock.py make      rewrite uv.lock without addresses
    python scripts/neutral_lock.py check     fail when a tracked file holds an index's address
    python scripts/neutral_lock.py compare   fail when uv.lock, as uv resolved it anew, holds
                                             another name, version or hash than the committed one

uv writes the addresses of whatever index is configured back into the file when it syncs; that is
right on the machine it runs on, and is not to be committed.
"""

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "uv.lock"
OURS = "bachata-buddy"

# Hosts and paths that package indexes are served from, and any registry a lock file names.
ADDRESS = re.compile(
    rb"files\.python"
    rb"hosted\.org|pypi\."
    rb"(org|python\.org)|registry\.npm"
    rb"js\.(org|com)"
    rb"|deb\.debian"
    rb"\.org|registry = \"(https?|file)://|url = \"(https?|file)://"
    rb"|\"resolved\": \"https?://|index-url\s*=\s*\"?https?://|/simple/?[\"'\s]",
)


def neutral(text: str) -> str:
    """The text of a lock file without addresses."""
    text = re.sub(r'source = \{ registry = "[^"]*" \}', 'source = { registry = "index" }', text)
    text = re.sub(
        r'(?:url|path) = "(?:[^"]*/)?([^"/]+\.(?:whl|tar\.gz|zip|tar\.bz2))"', r'path = "\1"', text
    )
    # Some indexes tell the sizes of files, others do not.
    text = re.sub(r", size = \d+", "", text)
    # Without the requirements it was made from uv takes the file for stale, resolves again
    # against the index at hand, and keeps every version that is pinned here.
    text = re.sub(r"requires-dist = \[\n.*?\n\]\n", "requires-dist = []\n", text, flags=re.S)
    return re.sub(r"requires-dist = \[[^\]\n]*\]\n", "requires-dist = []\n", text)


def contents(text: str) -> set[tuple[str, str, str]]:
    """Name, version and hash of every file that a lock file pins."""
    found: set[tuple[str, str, str]] = set()
    for package in tomllib.loads(text)["package"]:
        name, version = package["name"], package.get("version", "")
        if name == OURS:
            continue
        files: list[dict[str, Any]] = [*package.get("wheels", [])]
        if "sdist" in package:
            files.append(package["sdist"])
        found.add((name, version, ""))
        found.update((name, version, file["hash"]) for file in files if "hash" in file)
    return found


def committed() -> str:
    """The lock file as it is committed."""
    return git("show", "HEAD:uv.lock").decode()


def git(*words: str) -> bytes:
    """Return the output of a git command."""
    return subprocess.run(["git", *words], cwd=ROOT, check=True, capture_output=True).stdout  # noqa: S603, S607


def make() -> int:
    """Rewrite the lock file."""
    LOCK.write_text(neutral(LOCK.read_text()))
    return 0


def check() -> int:
    """Look for addresses in every tracked file, as staged: the work tree's lock file is uv's."""
    wrong: list[str] = []
    for name in git("ls-files", "-z").decode().split("\0"):
        if not name:
            continue
        for number, line in enumerate(git("show", f":{name}").split(b"\n"), 1):
            if found := ADDRESS.search(line):
                wrong.append(f"{name}:{number}: {found.group().decode()}")
    for each in wrong:
        print(f"address of a package index: {each}", file=sys.stderr)
    return 1 if wrong else 0


def compare() -> int:
    """Compare the lock file of the work tree with the committed one."""
    before, after = contents(committed()), contents(LOCK.read_text())
    for sign, each in [("-", x) for x in sorted(before - after)] + [
        ("+", x) for x in sorted(after - before)
    ]:
        print(sign, *each, file=sys.stderr)
    return 0 if before == after else 1


def main() -> int:
    """Run the command named."""
    commands = {"make": make, "check": check, "compare": compare}
    if len(sys.argv) != 2 or sys.argv[1] not in commands:
        print(__doc__, file=sys.stderr)
        return 2
    return commands[sys.argv[1]]()


if __name__ == "__main__":
    sys.exit(main())
