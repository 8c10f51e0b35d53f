"""Timed text as a WebVTT file (https://www.w3.org/TR/webvtt1/)."""

from collections.abc import Sequence
from fractions import Fraction

import msgspec


class TimedText(msgspec.Struct, frozen=True, kw_only=True):
    """Markup that a player shows for a while; times in seconds of the film."""

    start: Fraction
    end: Fraction
    markup: str
    """One or more lines, none of them empty; see `escaped`."""
    name: str = ""
    """Identifier for programs; a player does not show it."""
    settings: str = ""
    """Place of the text in the picture."""


def webvtt(cues: Sequence[TimedText], note: str) -> str:
    """Return a file with a note of one line, which players ignore, and the cues.

    Times are rounded to milliseconds; a cue is shown for one at least. WebVTT requires that the
    cues are in the order of their starts.
    """
    blocks = ["WEBVTT", f"NOTE {note}"]
    for cue in cues:
        start = _milliseconds(cue.start)
        end = max(_milliseconds(cue.end), start + 1)
        name = f"{cue.name}\n" if cue.name else ""
        settings = f" {cue.settings}" if cue.settings else ""
        blocks.append(f"{name}{_stamp(start)} --> {_stamp(end)}{settings}\n{cue.markup}")
    return "\n\n".join(blocks) + "\n"


def escaped(line: str) -> str:
    """Return one line of plain text as markup."""
    line = line.replace("\0", "\ufffd")
    return line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _milliseconds(seconds: Fraction) -> int:
    return max(0, int(seconds * 1000 + Fraction(1, 2)))


def _stamp(milliseconds: int) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}.{rest:03}"
