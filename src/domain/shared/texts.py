"""Rules for texts that users enter: names, titles and labels."""

import re
from typing import Annotated, Final

from msgspec import Meta

LONGEST: Final = 200
"""Maximum length of a name, title, label or id in characters."""

_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_BIDIRECTIONAL: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Embeddings, overrides and isolates (Unicode UAX 9): they can display text in another order."""
_SURROGATE: Final = re.compile("[\ud800-\udfff]")

UNBROKEN: Final = "^[^\\x00-\\x1f\\x7f-\\x9f\\u2028-\\u202e\\u2066-\\u2069]*$(?!\\n)"
"""Pattern for JSON Schema of the texts without a `fault`."""
STORABLE: Final = {"pattern": "^[^\\x00]*$(?!\\n)"}
"""JSON Schema of the texts that every database stores."""

Text = Annotated[str, Meta(max_length=LONGEST, extra_json_schema=STORABLE)]
"""A text that is compared but never displayed: an id, or a part of a name."""

Shown = Annotated[str, Meta(extra={"name": True}, extra_json_schema={"pattern": UNBROKEN})]
"""A displayed text: it has no line breaks and no characters that reverse the text around it."""

Name = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=LONGEST,
        extra={"name": True},
        extra_json_schema={"pattern": UNBROKEN},
    ),
]
"""A displayed text that a user enters: not empty, at most 200 characters."""


def fault(text: str) -> str | None:
    """Return the reason why ``text`` cannot be a name or a search term, or None if it can."""
    if _CONTROL.search(text):
        return "a control character"
    if _BIDIRECTIONAL.search(text):
        return "a character that overrides the direction of text"
    if _SURROGATE.search(text):
        return "a broken Unicode character"
    return None


def shortened(text: str, most: int) -> str:
    """Return a text of at most ``most`` characters; a cut text ends in "..."."""
    return text if len(text) <= most else f"{text[: most - 3]}..."


def printable(text: str) -> str:
    """Return the text with "\ufffd" in place of every character that is not printable."""
    return "".join(each if each.isprintable() else "\ufffd" for each in text)
