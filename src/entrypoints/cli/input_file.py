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
    try:
        if file is None:
            content = sys.stdin.buffer.read(LARGEST + 1)
        else:
            with file.open("rb") as opened:
                content = opened.read(LARGEST + 1)
    except OSError as error:
        raise click.FileError(str(file or "-"), hint=error.strerror) from None
    if len(content) > LARGEST:
        name = "The standard input" if file is None else f"The file {str(file)!r}"
        raise TooLarge(f"{name} is larger than {LARGEST // 1_000_000} MB: a Blueprint is smaller.")
    return content
