"""The size, the lines and the place of words in a frame."""

import unicodedata
from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from adapters.drawing.fonts import BOLD, MEDIUM, drawable, font, width_of
from domain.scripts.line_breaks import broken_word, lines_of, words_of
from domain.scripts.shots import ShotStyle

_REFERENCE: Final = 200
"""Font size at which words are measured before their size is known."""
_SMALLER: Final = 0.96
"""Factor from one size that is tried to the next."""
_TINIEST: Final = 6
_ORPHAN_COST: Final = 0.75
"""Words become smaller by a quarter at most so that none stands alone in the last line."""
_HINTS: Final = 1.01
"""Words at a small size may be wider than their share of the reference."""
LEADING: Final = 1.22
"""Distance of lines, in font sizes."""
_MORE: Final = "…"


class Area(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the frame for words, and the sizes that are tried, all in pixels."""

    left: int
    top: int
    width: int
    height: int
    largest: int
    readable: int
    """Size below which a long word is broken rather than made smaller."""
    weight: int
    from_bottom: bool
    """True if the lines stand on the bottom of the area, False if in its middle."""


class Line(msgspec.Struct, frozen=True):
    """A line, with the left end of its baseline in pixels of the frame."""

    text: str
    left: float
    baseline: int


class Block(msgspec.Struct, frozen=True, kw_only=True):
    """The lines of one text."""

    lines: tuple[Line, ...]
    size: int
    weight: int
    left: int
    top: int
    right: int
    bottom: int
    """Rectangle around all letters, in pixels of the frame."""


def area_of(style: ShotStyle, width: int, height: int) -> Area:
    """Return the part of a frame for words; a portrait frame has its own.

    All areas keep 6 % from the edges. In portrait, applications of phones cover the lower fifth.
    """
    portrait = height > width
    short = min(width, height)
    across = 0.84 if portrait or style == "card" else 0.78
    share = round(width * across)
    left = (width - share) // 2
    if style == "card":
        top, bottom = (0.12, 0.80) if portrait else (0.13, 0.87)
        largest, readable, weight = (0.125 if portrait else 0.13), 0.03, BOLD
    else:
        top, bottom = (0.55, 0.79) if portrait else (0.62, 0.925)
        largest, readable, weight = (0.068 if portrait else 0.062), 0.03, MEDIUM
    return Area(
        left=left,
        top=round(height * top),
        width=share,
        height=round(height * bottom) - round(height * top),
        largest=max(_TINIEST, round(short * largest)),
        readable=max(_TINIEST, round(short * readable)),
        weight=weight,
        from_bottom=style == "caption",
    )


def block_of(text: str, area: Area) -> Block | None:
    """Return the lines of a text at the largest size at which they fit; None without words.

    A word is broken only if it is wider than the area at the smallest readable size. A text that
    does not fit at 6 pixels ends with an ellipsis.
    """
    words = words_of(drawable(text))
    if not words:
        return None
    widths = {word: width_of(word, _REFERENCE, area.weight) / _REFERENCE for word in words}
    words = _with_broken(words, widths, area)
    largest: tuple[list[str], int] | None = None
    for size in _sizes(area):
        lines = _fitting(words, size, area)
        if lines is None:
            continue
        if len(lines) == 1 or " " in lines[-1]:
            return _placed(lines, size, area)
        # A little smaller, the last line may have more than one word.
        largest = largest or (lines, size)
        if size < largest[1] * _ORPHAN_COST:
            break
    if largest is not None:
        return _placed(*largest, area)
    return _placed(_shortened(words, _TINIEST, area), _TINIEST, area)


def _sizes(area: Area) -> Iterator[int]:
    """Yield the sizes that are tried, from the largest."""
    size = float(area.largest)
    while size > _TINIEST:
        yield round(size)
        size = min(size * _SMALLER, size - 1)
    yield _TINIEST


def _with_broken(words: Sequence[str], widths: dict[str, float], area: Area) -> list[str]:
    """Return the words, with those apart that are too wide even at a readable size."""
    most = area.width / (area.readable * _HINTS)
    if max(widths.values()) <= most:
        return list(words)

    def measure(part: str) -> float:
        return width_of(part, _REFERENCE, area.weight) / _REFERENCE

    return [
        part
        for word in words
        for part in ([word] if widths[word] <= most else broken_word(word, measure, most))
    ]


def _fitting(words: Sequence[str], size: int, area: Area) -> list[str] | None:
    """Return the lines if they fit at ``size``."""
    most = area.height / (size * LEADING)

    def measure(text: str) -> float:
        return width_of(text, _REFERENCE, area.weight) * size / _REFERENCE * _HINTS

    if sum(map(measure, words)) > area.width * (most + 1):
        return None
    lines = lines_of(words, measure, area.width, max(1, int(most)))
    if lines is None:
        return None
    widest = max(width_of(line, size, area.weight) for line in lines)
    return lines if widest <= area.width else None


def _shortened(words: Sequence[str], size: int, area: Area) -> list[str]:
    """Return as many words as fit, and an ellipsis."""
    fewest, most = 0, len(words)
    while most - fewest > 1:
        middle = (fewest + most) // 2
        if _fitting([*words[:middle], _MORE], size, area) is None:
            most = middle
        else:
            fewest = middle
    return _fitting([*words[:fewest], _MORE], size, area) or [_MORE]


def _placed(lines: Sequence[str], size: int, area: Area) -> Block:
    """Put lines into the middle of the area's width, and of its height or onto its bottom."""
    face = font(size, area.weight)
    leading = round(size * LEADING)
    capital = round(-face.getbbox("H", anchor="ls")[1])
    high = leading * (len(lines) - 1) + capital
    below = round(face.getbbox("gpç", anchor="ls")[3])
    bottom = area.top + area.height
    if area.from_bottom:
        first = bottom - below - leading * (len(lines) - 1)
    else:
        first = area.top + (area.height - high) // 2 + capital
    rows = [
        Line(line, area.left + (area.width - face.getlength(line)) / 2, first + number * leading)
        for number, line in enumerate(lines)
    ]
    boxes = [_box(row, size, area.weight) for row in rows]
    return Block(
        lines=tuple(rows),
        size=size,
        weight=area.weight,
        left=int(min(box[0] for box in boxes)),
        top=int(min(box[1] for box in boxes)),
        right=int(max(box[2] for box in boxes)) + 1,
        bottom=int(max(box[3] for box in boxes)) + 1,
    )


def _box(line: Line, size: int, weight: int) -> tuple[float, float, float, float]:
    left, top, right, bottom = font(size, weight).getbbox(line.text, anchor="ls")
    return line.left + left, line.baseline + top, line.left + right, line.baseline + bottom


def is_written(text: str) -> bool:
    """Return True if a text has anything to draw."""
    return bool(words_of(unicodedata.normalize("NFC", drawable(text))))
