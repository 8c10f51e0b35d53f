"""A script: the text of a narrated video."""

from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from domain.scripts.languages import Language
from domain.shared import texts, validation
from domain.shared.errors import InvalidRequest, TooLarge

MAX_CHARACTERS: Final = 100_000
MAX_BYTES: Final = 4 * MAX_CHARACTERS
"""Maximum size of the text in UTF-8, which has up to four bytes a character."""
MAX_TITLE: Final = 200
_PLAIN: Final = str.maketrans({"\n": " ", "\t": " ", "\u2028": " ", "\u2029": " "})
"""Characters that separate lines and words, and are no fault of a text."""


class Script(msgspec.Struct, frozen=True, kw_only=True):
    """A script that a caller has uploaded; it never changes."""

    script_id: UUID
    owner: str
    title: str
    content: str
    language: Language
    """Language of the text, as stated or as recognised."""
    scenes: int
    """Number of scenes."""
    created_at: datetime


def text_of(content: str) -> str:
    """Return the text with `\\n` as the end of every line, and without a byte order mark.

    Raises `TooLarge` if it has too many characters, and `InvalidRequest` if it is empty or no text.
    """
    if len(content) > MAX_CHARACTERS:
        raise TooLarge(
            f"A script may have {MAX_CHARACTERS:,} characters at most; this one has "
            f"{len(content):,}."
        )
    content = content.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    reason = None
    if (fault := texts.fault(content.translate(_PLAIN))) is not None:
        reason = f"The script is no text: it holds {fault}."
    elif not content.strip():
        reason = "The script is empty; write at least one sentence."
    if reason is not None:
        raise InvalidRequest((validation.shape("$.content", reason),))
    return content


def decoded(body: bytes) -> str:
    """Return the text of a UTF-8 file; raises `TooLarge`, and `InvalidRequest` for other bytes."""
    if len(body) > MAX_BYTES:
        raise TooLarge(
            f"A script may have {MAX_CHARACTERS:,} characters at most; this file has "
            f"{len(body):,} bytes."
        )
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        message = f"The script is no UTF-8 text: byte {error.start} cannot be read."
        raise InvalidRequest((validation.shape("$.content", message),)) from None
