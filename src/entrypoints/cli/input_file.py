"""Read documents named on the command line."""

import sys
from pathlib import Path
from typing import Final

import click

from domain.shared.errors import TooLarge

LARGEST: Final = 8_000_000
"""Maximum bytes of a document, as for a request body."""


def document_in(file: Path | None) -> bytes:
    """Return the content of a file, or of the standard input for None; raises `TooLarge`.

    Raises click's own error if a file cannot be read.
    """
    content = bytes_in(file, LARGEST)
    if len(content) > LARGEST:
        name = "The standard input" if file is None else f"The file {str(file)!r}"
        raise TooLarge(f"{name} is larger than {LARGEST // 1_000_000} MB: a Blueprint is smaller.")
    return content


def bytes_in(file: Path | None, most: int) -> bytes:
    """Return the first bytes of a file, or of the standard input for None: ``most`` and one more.

    Raises click's own error if a file cannot be read.
    """
    try:
        if file is None:
            return sys.stdin.buffer.read(most + 1)
        with file.open("rb") as opened:
            return opened.read(most + 1)
    except OSError as error:
        raise click.FileError(str(file or "-"), hint=error.strerror) from None
