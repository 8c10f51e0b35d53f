"""Failures of library files, which are the service's fault for every caller."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

from domain.shared.errors import (
    BachataError,
    BlueprintRejected,
    ClipTooShort,
    LibraryFailed,
    MediaNotFound,
    TooLarge,
    UnreadableMedia,
)

_OF_FILES: Final = (MediaNotFound, UnreadableMedia, TooLarge, ClipTooShort, BlueprintRejected)
"""Errors that a caller can correct only if the files or the Blueprint are theirs."""


@contextmanager
def of_the_library() -> Generator[None]:
    """Raise `LibraryFailed` if a file of the library is missing, damaged or too large."""
    try:
        yield
    except _OF_FILES as error:
        failure = LibraryFailed(
            f"The request is valid, but the library has a fault: {_text_of(error)} "
            "Run `bachata-buddy library check` for details. The next dance leaves unusable clips "
            "out.",
            details=error.details,
        )
        failure.stage = error.stage
        raise failure from error


def _text_of(error: BachataError) -> str:
    if isinstance(error, BlueprintRejected):
        return " ".join(f"{each.path}: {each.message}" for each in error.violations[:3])
    return str(error)
