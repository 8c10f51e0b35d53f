"""The examples of docs/API.md: each curl, and the answer that the page shows below it.

A curl is an indented block. The paragraph after it begins with the status, and its first sentence
names headers in backticks, with or without their values. A block after that is the body::

        curl http://127.0.0.1:8000/api/songs/luna-de-humo

    200, with `Cache-Control: private, no-cache`:

    ```json
    {"id": "luna-de-humo"}
    ```
"""

import re
import shlex
from collections.abc import Iterator
from itertools import pairwise

import msgspec

ADDRESS = "http://127.0.0.1:8000"
_HEADER = re.compile(r"`(ETag|X-[\w-]+|[A-Z][a-z]+(?:-[A-Z][a-z]+)*)(?:: ([^`]+))?`")
_BLOCK = re.compile(
    r"^```\w*\n(.*?)^```$"
    r"|(^ {4}[^\n]*\n(?:^ {4}[^\n]*\n|^\n(?= {4}))*)"
    r"|((?:^(?!```| {4})[^\n]+\n)+)",
    re.M | re.DOTALL,
)
_SENTENCE = re.compile(r"(?:`[^`]*`|[^`.:]|[.:](?!\s|$))*")
_SENDS_BODY = ("-d", "--data", "--data-binary", "-F", "--form")


class Block(msgspec.Struct, frozen=True):
    """A paragraph, an indented block or a fenced one, and the number of its first line."""

    line: int
    text: str
    is_code: bool


class Example(msgspec.Struct, frozen=True):
    """A curl and its answer; ``status`` is None where the page does not show one."""

    line: int
    words: tuple[str, ...]
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    """Names, and the values that the page tells; empty where it tells none."""
    body: str | None = None

    @property
    def method(self) -> str:
        """The method of the request."""
        for option, value in pairwise(self.words):
            if option in ("-X", "--request"):
                return value
        if {"-I", "--head"} & set(self.words):
            return "HEAD"
        return "POST" if set(_SENDS_BODY) & set(self.words) else "GET"

    @property
    def path(self) -> str:
        """The path of its address, without a query."""
        addresses = [word for word in self.words if word.startswith(ADDRESS)]
        return addresses[0].removeprefix(ADDRESS).partition("?")[0] if addresses else ""

    @property
    def name(self) -> str:
        """The request in words, for people."""
        return f"{self.method} {self.path} (line {self.line} of docs/API.md)"

    @property
    def needs_accounts(self) -> bool:
        """True if it is for a service with `BACHATA_AUTH=on`."""
        named = any("$" in word for word in self.words if word.startswith(("Auth", "X-API")))
        return named or self.path.startswith("/api/auth")


def examples(page: str) -> list[Example]:
    """Return the examples of a page, in order."""
    blocks = [*_blocks(page), Block(0, "", False), Block(0, "", False)]
    found: list[Example] = []
    for at, block in enumerate(blocks[:-2]):
        commands = list(_commands(block)) if block.is_code else []
        found += commands[:-1]
        if commands:
            found.append(_answered(commands[-1], *blocks[at + 1 : at + 3]))
    return found


def _answered(example: Example, says: Block, shows: Block) -> Example:
    """Add the answer of the two blocks after a curl, if they show one."""
    status = re.match(r"(\d{3})\b", says.text)
    if status is None or says.is_code:
        return example
    sentence = _SENTENCE.match(says.text)
    headers = tuple(_HEADER.findall(sentence[0] if sentence else ""))
    body = shows.text if shows.is_code and not shows.text.startswith("curl ") else None
    return msgspec.structs.replace(example, status=int(status[1]), headers=headers, body=body)


def _commands(block: Block) -> Iterator[Example]:
    """Yield the curls of a block, which begin a line and may go on in the next ones."""
    lines = re.sub(r"\\\n *", " ", block.text).splitlines()
    for line in lines:
        if line.startswith("curl "):
            yield Example(block.line, tuple(shlex.split(line)))


def _blocks(page: str) -> Iterator[Block]:
    """Split a page at its blank lines, fences and indents."""
    for found in _BLOCK.finditer(page):
        fenced, indented, prose = found.groups()
        line = page.count("\n", 0, found.start()) + 1
        if fenced is not None:
            yield Block(line + 1, fenced, True)
        elif indented is not None:
            yield Block(line, re.sub(r"^ {4}", "", indented, flags=re.M), True)
        else:
            yield Block(line, prose, False)
