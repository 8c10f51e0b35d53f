"""Texts that people give: names, titles, labels."""

import re
from typing import Annotated, Final

from msgspec import Meta

LONGEST: Final = 200
"""Characters of a name, a title, a label or an id."""

_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_BIDIRECTIONAL: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Embeddings, overrides and isolates (Unicode UAX 9): they show other text in another order."""
_SURROGATE: Final = re.compile("[\ud800-\udfff]")

Text = Annotated[str, Meta(max_length=LONGEST)]
"""A text that is only compared: an id, or a part of a name."""

Shown = Annotated[str, Meta(extra={"name": True})]
"""A text that is shown: it breaks no line, and turns no other text around."""

Name = Annotated[str, Meta(min_length=1, max_length=LONGEST, extra={"name": True})]
"""A text to be shown that somebody gives now."""


def fault(text: str) -> str | None:
    """Say what makes ``text`` unfit to be shown as a name or searched for, or None."""
    if _CONTROL.search(text):
        return "a control character"
    if _BIDIRECTIONAL.search(text):
        return "a character that overrides the direction of text"
    if _SURROGATE.search(text):
        return "a broken Unicode character"
    return None


def shortened(text: str, most: int) -> str:
    """At most the first characters of a text, with "..." where some are left out."""
    return text if len(text) <= most else f"{text[: most - 3]}..."


def printable(text: str) -> str:
    """The same text with "\ufffd" in place of every character that a line cannot show."""
    return "".join(each if each.isprintable() else "\ufffd" for each in text)
