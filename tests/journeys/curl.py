"""Runs a curl command by curl itself or, where that is missing, by a client that acts alike."""

import argparse
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import httpx
import msgspec

from tests.world.loopback import NO_TLS

LIMIT = 120.0
"""Seconds after which an answer will not come any more."""


class Answer(msgspec.Struct, frozen=True):
    """A status, headers by their names in lower case, and a body."""

    status: int
    headers: dict[str, str]
    body: bytes


class NoAnswer(Exception):
    """The command got no answer, and this says why."""


def run(words: Sequence[str], folder: Path) -> Answer:
    """Run a command in a folder, which has the files that it names.

    Raises `NoAnswer`.
    """
    # `-i` shows the headers of the answer too, which are read in any case.
    asked = [word for word in words[1:] if word != "-i"]
    program = shutil.which("curl")
    return by_curl(program, asked, folder) if program else by_httpx(asked, folder)


def by_curl(program: str, words: Sequence[str], folder: Path) -> Answer:
    """Run curl; raises `NoAnswer`."""
    head = folder / "head.txt"
    added = ["--silent", "--show-error", "--max-time", str(LIMIT), "--dump-header", str(head)]
    done = subprocess.run([program, *added, *words], cwd=folder, capture_output=True)
    if done.returncode != 0:
        raise NoAnswer(done.stderr.decode())
    given = _reader().parse_args(words)
    body = b"" if given.I else (folder / given.o).read_bytes() if given.o else done.stdout
    # A `100 Continue` has a head of its own before the answer's.
    last = head.read_text(encoding="latin-1").strip().split("\n\n")[-1]
    first, *lines = last.splitlines()
    named = (line.partition(":") for line in lines)
    headers = {name.lower(): value.strip() for name, _, value in named}
    return Answer(int(first.split()[1]), headers, body)


def by_httpx(words: Sequence[str], folder: Path) -> Answer:
    """Send the request that curl would send; raises `NoAnswer`."""
    given = _reader().parse_args(words)
    headers = {name: value.strip() for name, _, value in (each.partition(":") for each in given.H)}
    content = _content(given.d, folder) if given.d else None
    if given.d:
        headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
    if given.r:
        headers["Range"] = f"bytes={given.r}"
    form = dict(each.split("=", 1) for each in given.F)
    files = {
        name: (value[1:], (folder / value[1:]).read_bytes())
        for name, value in form.items()
        if value[0] == "@"
    }
    fields = {name: value for name, value in form.items() if name not in files}
    method = given.X or ("HEAD" if given.I else "POST" if given.d or given.F else "GET")
    try:
        answer = httpx.request(
            method,
            given.url,
            headers=headers,
            content=content,
            data=fields or None,
            files=files or None,
            timeout=LIMIT,
            verify=NO_TLS,
        )
    except httpx.HTTPError as error:
        raise NoAnswer(str(error)) from error
    if given.o:
        (folder / given.o).write_bytes(answer.content)
    return Answer(answer.status_code, dict(answer.headers), answer.content)


def _content(given: str, folder: Path) -> bytes:
    return (folder / given[1:]).read_bytes() if given.startswith("@") else given.encode()


class _Reader(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise NoAnswer(f"{message}; tests/journeys/curl.py lists the options that it knows")


def _reader() -> argparse.ArgumentParser:
    """The options of curl that the page uses."""
    reader = _Reader("curl", add_help=False)
    reader.add_argument("url")
    reader.add_argument("-X", "--request", dest="X")
    reader.add_argument("-H", "--header", dest="H", action="append", default=[])
    reader.add_argument("-d", "--data", "--data-binary", dest="d")
    reader.add_argument("-F", "--form", dest="F", action="append", default=[])
    reader.add_argument("-o", "--output", dest="o")
    reader.add_argument("-r", "--range", dest="r")
    for flag, name in (("-I", "--head"), ("-N", "--no-buffer"), ("-s", "--silent")):
        reader.add_argument(flag, name, dest=flag[1:], action="store_true")
    return reader
