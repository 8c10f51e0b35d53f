"""The answer of a voice's program."""

from typing import Annotated, Final

import msgspec
from msgspec import Meta

LONGEST_HEAD: Final = 4_000_000
"""Maximum bytes of an answer before its samples; a word takes 30."""


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """The part of an answer before the samples."""

    rate: Annotated[int, Meta(ge=8_000, le=48_000)] = 48_000
    """Samples per second."""
    words: list[tuple[Annotated[int, Meta(ge=0)], Annotated[int, Meta(ge=0)]]] = []
    """For each spoken word its offset in the text, and its first sample."""
    unavailable: str = ""
    """The reason for which the voice cannot be used here."""
    version: str = ""
