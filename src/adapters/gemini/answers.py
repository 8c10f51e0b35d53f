"""Gemini's answers: a file, or the reason for which there is none."""

import msgspec


class File(msgspec.Struct, frozen=True):
    """A file as Gemini sent it: it comes from outside."""

    kind: str
    """Its media type, in lower case."""
    content: bytes


class Unanswered(Exception):
    """Gemini gave no file; the message says why, as the beginning of a sentence."""
