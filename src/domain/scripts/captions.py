"""Captions: the author's text, divided, timed by the voice, and written as WebVTT."""

import re
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Final

import msgspec

from domain.rendering import webvtt as timed_text
from domain.rendering.webvtt import TimedText, escaped
from domain.scripts.caption_breaks import (
    Token,
    ends_clause,
    ends_sentence,
    groups_of,
    tokens_of,
    two_lines,
)
from domain.scripts.languages import Language

LEAST_SECONDS: Final = Fraction(4, 5)
"""The time that a caption is shown at least, where the sound is long enough."""
_LINGERING: Final = Fraction(3, 10)
"""Maximum seconds that a caption stays after its last word, if no other one follows."""

_DIGIT, _CAPITAL, _SIGN = 5.0, 2.5, 7.0
"""Lengths in letters of a spoken digit, of a letter of an acronym, and of a sign such as '%'."""
_PERIOD, _COMMA = 8.0, 4.0
"""Lengths in letters of the pauses after a sentence and after a clause."""
_NEAR: Final = 6
"""Number of words to look ahead for a spoken word that is not the next one."""


class Cue(msgspec.Struct, frozen=True, kw_only=True):
    """A caption, and the seconds from the begin of the sound between which it is shown."""

    text: str
    start: Fraction
    end: Fraction


class SpokenWord(msgspec.Struct, frozen=True):
    """A word of the author's text, and the seconds between which the voice says it."""

    text: str
    start: Fraction
    end: Fraction


def cues_of(text: str, seconds: Fraction, words: tuple[SpokenWord, ...] = ()) -> tuple[Cue, ...]:
    """Return the captions of a text whose sound lasts ``seconds``; none for a blank text.

    Each is a part of ``text`` as the author wrote it, and only white space is left out between
    them. They do not overlap, and each is shown for `LEAST_SECONDS` or, if they are too many, for
    an equal part of the time. ``words`` are the words of the voice, in order; without them, the
    time is divided by the spoken length of the text. Raises ValueError unless ``seconds`` is
    positive.
    """
    if seconds <= 0:
        raise ValueError("A caption needs time: the seconds are to be positive.")
    tokens = tokens_of(text)
    if not tokens:
        return ()
    times = _times(tokens, seconds, words)
    lengths = [float(following - start) for (start, _), (following, _) in pairwise(times)]
    lengths.append(float(seconds - times[-1][0]))
    groups = groups_of(tokens, lengths, float(LEAST_SECONDS))
    # The first caption begins with the first word, but a missing word must not delay it.
    starts = _spread([times[group[0]][0] for group in groups], seconds)
    least = min(LEAST_SECONDS, seconds / len(groups))
    cues: list[Cue] = []
    for group, start, limit in zip(groups, starts, [*starts[1:], seconds], strict=True):
        spoken_until = times[group[-1]][1] + _LINGERING
        end = min(limit, max(spoken_until, start + least))
        if limit - end < _LINGERING:
            # A shorter gap than this is seen as a flicker.
            end = limit
        part = text[tokens[group[0]].start : tokens[group[-1]].end]
        cues.append(Cue(text=part, start=start, end=end))
    return tuple(cues)


def _spread(starts: Sequence[Fraction], seconds: Fraction) -> list[Fraction]:
    """Return the starts, moved as little as is needed for each to be shown long enough."""
    least = min(LEAST_SECONDS, seconds / len(starts))
    spread: list[Fraction] = []
    for start in starts:
        spread.append(max(start, spread[-1] + least) if spread else max(start, Fraction(0)))
    latest = seconds
    for index in reversed(range(len(spread))):
        latest = min(spread[index], latest - least)
        spread[index] = latest
    return spread


def _times(
    tokens: Sequence[Token], seconds: Fraction, words: Sequence[SpokenWord]
) -> list[tuple[Fraction, Fraction]]:
    """Return start and end of each word: as heard, or else by the lengths of the words between."""
    intervals = _intervals(tokens, seconds, words)
    weights = [_spoken_length(token) for token in tokens]
    times: list[tuple[Fraction, Fraction]] = []
    index, at = 0, Fraction(0)
    while index < len(tokens):
        if index in intervals:
            start, end = intervals[index]
            times.append((start, end))
            index, at = index + 1, end
            continue
        following = next((each for each in range(index, len(tokens)) if each in intervals), None)
        last = len(tokens) if following is None else following
        until = seconds if following is None else intervals[following][0]
        total = sum(weights[index:last], Fraction(0))
        for weight in weights[index:last]:
            end = at + (until - at) * weight / total
            times.append((at, end))
            at = end
            total -= weight
        index = last
    return times


def _intervals(
    tokens: Sequence[Token], seconds: Fraction, words: Sequence[SpokenWord]
) -> dict[int, tuple[Fraction, Fraction]]:
    """Return the times of the words that the voice named, in order and within the sound."""
    intervals: dict[int, tuple[Fraction, Fraction]] = {}
    following, at = 0, Fraction(0)
    bare = [_letters(token.text) for token in tokens]
    for word in words:
        letters = _letters(word.text)
        places = range(following, min(following + _NEAR, len(tokens)))
        place = next((each for each in places if bare[each] == letters), None)
        if not letters or place is None or not at <= word.start < word.end:
            continue
        if word.start >= seconds:
            break
        at = min(word.end, seconds)
        intervals[place] = (word.start, at)
        following = place + 1
    return intervals


def _letters(word: str) -> str:
    return re.sub(r"[\W_]", "", word).casefold() or word


def _spoken_length(token: Token) -> Fraction:
    """Return the time that a word and the pause after it take, as a number of letters."""
    text = token.text
    spelled = len(text) > 1 and text.isupper() and not any(mark.isdigit() for mark in text)
    length = 1.0
    for mark in text:
        if mark.isdigit():
            length += _DIGIT
        elif mark.isalpha():
            length += _CAPITAL if spelled and len(text) <= len("UNESCO") else 1.0
        elif mark in "%$€£&+=@":
            length += _SIGN
    if ends_sentence(token):
        length += _PERIOD
    elif ends_clause(token):
        length += _COMMA
    return Fraction(length)


def webvtt(cues: Sequence[Cue], language: Language) -> str:
    """Return captions as a WebVTT file, with its language.

    Times are rounded to milliseconds; a caption is shown for one at least.
    """
    texts = [
        TimedText(
            start=cue.start,
            end=cue.end,
            markup="\n".join(escaped(line) for line in two_lines(cue.text)),
        )
        for cue in cues
    ]
    return timed_text.webvtt(texts, f"Language: {language.value}")
