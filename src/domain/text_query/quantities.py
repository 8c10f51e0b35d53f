"""Read durations and tempos: "two minutes and a half", "1:30", "entre 120 y 130 bpm"."""

from collections.abc import Mapping, Sequence
from typing import Final

from domain.text_query.meanings import TempoRange
from domain.text_query.tokens import phrases_of

SHORTEST, LONGEST = 5.0, 900.0
"""Limits for the duration of a dance in seconds; a longer one becomes 15 minutes, the maximum for
songs.
"""

SLOWEST, FASTEST = 30.0, 300.0
"""Limits for the tempo of a song in beats per minute."""
_ABOUT: Final = 5.0
"""Half the width of "about 125", in beats per minute."""
_EXACTLY: Final = 2.0
"""Half the width of "125", in beats per minute."""

_UNITS: Final = {
    word: seconds
    for seconds, phrases in (
        (1.0, "s, sec, secs, second, seconds, seg, segs, segundo, segundos, segundito, segunditos"),
        (60.0, "m, min, mins, minute, minutes, minuto, minutos, minutito, minutitos"),
        (3600.0, "h, hr, hrs, hour, hours, hora, horas, horita"),
    )
    for word in phrases_of(phrases)
}
_ONES: Final = (
    "zero cero, one un una uno a an, two dos couple par, three tres few, four cuatro, five cinco,"
    "six seis, seven siete, eight ocho, nine nueve, ten diez, eleven once, twelve doce,"
    "thirteen trece, fourteen catorce, fifteen quince, sixteen dieciseis, seventeen diecisiete,"
    "eighteen dieciocho, nineteen diecinueve"
)
_TENS: Final = (
    "twenty veinte, thirty treinta, forty cuarenta, fifty cincuenta, sixty sesenta,"
    "seventy setenta, eighty ochenta, ninety noventa"
)
_SMALL: Final = {w: float(n) for n, ws in enumerate(phrases_of(_ONES)) for w in ws}
_LARGE: Final = {w: 10.0 * n for n, ws in enumerate(phrases_of(_TENS), 2) for w in ws}
_HUNDREDS: Final = {"hundred": 100.0, "cien": 100.0, "ciento": 100.0, "doscientos": 200.0}
_TWENTIES: Final = {
    f"veinti{word}": 20.0 + n
    for n, (word,) in enumerate(
        phrases_of("uno, dos, tres, cuatro, cinco, seis, siete, ocho, nueve"), 1
    )
}
_HALVES: Final = {"half", "medio", "media"}
_JOINING: Final = {"and", "y", "con"}

_BEATS: Final = set(
    phrases_of(
        "bpm, ppm, bpms, beats per minute, beats a minute, pulsaciones por minuto, pulsos,"
        "pulsaciones, golpes por minuto, beats por minuto"
    )
)
_TEMPO: Final = set(phrases_of("tempo, bpm, velocidad, speed, ritmo, pulso"))
_LEADING: Final = {"of", "de", "a", "at", "es", "is", "sea"}

AT_MOST: Final = set(
    phrases_of(
        "under, below, less than, at most, up to, max, maximum, no more than, not more than,"
        "not over, no faster than, not faster than, no longer than, not longer than, slower than,"
        "shorter than, menos de, hasta, por debajo de, como maximo, maximo, a lo sumo, no mas de,"
        "no mas rapido que, no mas rapida que"
    )
)
AT_LEAST: Final = set(
    phrases_of(
        "over, above, more than, at least, from, min, minimum, no less than, not less than,"
        "no slower than, not slower than, faster than, longer than, mas de, desde,"
        "por encima de, al menos, por lo menos, minimo, como minimo, no menos de, mas rapido que"
    )
)
_ABOUTS: Final = set(
    phrases_of(
        "around, about, approximately, roughly, some, circa, near, close to, alrededor de,"
        "aproximadamente, unos, unas, cerca de, mas o menos, como"
    )
)
_RANGES: Final = {"to", "and", "a", "y", "or", "o", "hasta"}


def _at(words: Sequence[str], place: int) -> str:
    """Return the word at a place; empty after the last word."""
    return words[place] if place < len(words) else ""


def phrase_at(words: Sequence[str], at: int, phrases: set[tuple[str, ...]]) -> int:
    """Return the number of words of the longest of these phrases at this place;
    0 if there is none.
    """
    return next((n for n in (4, 3, 2, 1) if tuple(words[at : at + n]) in phrases), 0)


def _digits(word: str) -> float | None:
    try:
        return float(word.replace(",", "."))
    except ValueError:
        return None


def read_number(words: Sequence[str], at: int) -> tuple[float, int] | None:
    """Read a number in digits or words; return it and its number of words."""
    if at < len(words) and (value := _digits(words[at])) is not None:
        return value, 1
    total, place = 0.0, at
    for kind in (_HUNDREDS, _TWENTIES, _LARGE, _SMALL):
        if kind is _SMALL and place > at and words[place - 1] not in {*_LARGE, *_HUNDREDS}:
            break
        step = _spoken(words, place, kind, joined=place > at)
        if step is not None:
            total, place = total + step[0], place + step[1]
    return (total, place - at) if place > at else None


def _spoken(
    words: Sequence[str], at: int, kind: Mapping[str, float], *, joined: bool
) -> tuple[float, int] | None:
    """Read one part of a spoken number: "one hundred", "and twenty", "five"."""
    skip = int(joined and _at(words, at) in _JOINING)
    here = _at(words, at + skip)
    if joined and here in ("a", "an", "un", "una", "couple", "par", "few"):
        return None
    if kind is _HUNDREDS and _at(words, at + 1) == "hundred":
        return (_SMALL[here] * 100, 2) if here in _SMALL else None
    return (kind[here], skip + 1) if here in kind else None


def length(words: Sequence[str], at: int) -> tuple[float, int] | None:
    """Read a duration; return seconds (5 to 900) and its number of words."""
    limit = max(phrase_at(words, at, each) for each in (AT_MOST, AT_LEAST, _ABOUTS))
    duration = _clock(words, at + limit) or _amount_with_units(words, at + limit)
    if duration is None or not duration[0] >= SHORTEST:
        return None
    return min(duration[0], LONGEST), limit + duration[1]


def _clock(words: Sequence[str], at: int) -> tuple[float, int] | None:
    """Read "1:30", with or without its unit."""
    minutes, colon, seconds = _at(words, at).partition(":")
    if not colon or len(seconds) != 2 or len(minutes) > 3 or not (minutes + seconds).isdecimal():
        return None
    unit = (_at(words, at + 1),) in _UNITS
    return (60.0 * int(minutes) + int(seconds), 1 + unit) if int(seconds) < 60 else None


def _amount_with_units(words: Sequence[str], at: int) -> tuple[float, int] | None:
    """Read numbers with their units: "a minute and a half", "1 min 30 s", "media hora"."""
    total, place = 0.0, at
    while True:
        start = place + (place > at and _at(words, place) in ("and", "y"))
        part = _part(words, start)
        if part is None:
            return (total, place - at) if place > at else None
        total, place = total + part[0], start + part[1]


def _part(words: Sequence[str], at: int) -> tuple[float, int] | None:
    """Read one number with its unit."""
    if _at(words, at) in ("minuto", "hora"):
        # "Minuto y medio" contains no number before the unit.
        value, place = 1.0, at
    elif _at(words, at) in _HALVES:
        value, place = 0.5, at + 1
        place += _at(words, place) in ("a", "an")
    else:
        number = read_number(words, at)
        if number is None:
            return None
        value, place = number[0], at + number[1]
        place += _at(words, place) in ("of", "de")
    more = _half(words, place)
    seconds = _UNITS.get((_at(words, place + more),))
    if seconds is None:
        return None
    place += more + 1
    after = 0 if more else _half(words, place)
    if place == at + 1 and not after:
        return None
    return (value + 0.5 * bool(more or after)) * seconds, place + after - at


def _half(words: Sequence[str], at: int) -> int:
    """Return the number of words of "and a half" or "y medio" at this place; 0
    if neither is here.
    """
    if _at(words, at) not in _JOINING:
        return 0
    if (_at(words, at + 1), _at(words, at + 2)) == ("a", "half"):
        return 3
    # "Un minuto y medio minuto" is two durations; "minuto y medio" is one.
    return 2 if _at(words, at + 1) in _HALVES and (_at(words, at + 2),) not in _UNITS else 0


def tempo(words: Sequence[str], at: int) -> tuple[TempoRange, int] | None:
    """Read a tempo in beats per minute; return it and its number of words."""
    prefix = phrase_at(words, at, _TEMPO)
    place = at + prefix
    while prefix and _at(words, place) in _LEADING:
        place += 1
    most, least, about = (phrase_at(words, place, each) for each in (AT_MOST, AT_LEAST, _ABOUTS))
    between = _at(words, place) in ("between", "entre")
    place += max(most, least, about, between)
    numbers = _two_numbers(words, place)
    if numbers is None:
        return None
    low, high, count = numbers
    unit = phrase_at(words, place + count, _BEATS)
    if not (unit or prefix) or not SLOWEST <= low <= high <= FASTEST:
        return None
    around = _ABOUT if about else _EXACTLY
    low, high = (
        (low - around, high + around) if low == high and not (most or least) else (low, high)
    )
    tempo_range = TempoRange(SLOWEST if most else low, FASTEST if least and not most else high)
    return tempo_range, place + count + unit - at


def _two_numbers(words: Sequence[str], at: int) -> tuple[float, float, int] | None:
    """Read "120 to 130", "120-130" or just "120"."""
    first = read_number(words, at)
    if first is None:
        return None
    place = at + first[1]
    skip = int(_at(words, place) in _RANGES)
    second = read_number(words, place + skip)
    if second is not None and second[0] > first[0] >= SLOWEST:
        return first[0], second[0], first[1] + skip + second[1]
    return first[0], first[0], first[1]
