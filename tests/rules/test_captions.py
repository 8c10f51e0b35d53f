"""Rules of captions: the author's words, in time, as WebVTT."""

import html
import re
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.scripts.caption_breaks import LINE, two_lines
from domain.scripts.captions import LEAST_SECONDS, Cue, SpokenWord, cues_of, webvtt
from domain.scripts.languages import Language

WORDS = st.sampled_from(
    [
        *("a", "the", "step,", "music.", "¿Cómo", "está?", "Dr.", "Sra.", "Pérez", "não", "põe"),
        *("1984", "$5.50", "20", "%", "EE.", "UU.", "—", "“two”", "because", "extraordinariamente"),
        *("-->", "<b>", "&amp;", "…", "NASA", "https://example.org/a/very/long/address?of=a&page"),
    ]
)
GAPS = st.sampled_from([" ", "  ", "\n", "\n\n", "\t", "\u00a0"])
TEXTS = st.one_of(
    st.text(max_size=200),
    st.lists(st.tuples(WORDS, GAPS), max_size=60).map(
        lambda parts: "".join(word + gap for word, gap in parts)
    ),
)
SECONDS = st.fractions(Fraction(1, 100), 600, max_denominator=48_000)
STAMP = r"\d\d:[0-5]\d:[0-5]\d\.\d{3}"


@st.composite
def heard(draw: st.DrawFn) -> tuple[str, Fraction, tuple[SpokenWord, ...]]:
    """A text with the times of some of its words, and some that are nonsense."""
    text, seconds = draw(TEXTS), draw(SECONDS)
    words: list[SpokenWord] = []
    at = Fraction(0)
    for word in text.split():
        start = at + draw(st.fractions(0, Fraction(1, 2), max_denominator=1000))
        at = start + draw(st.fractions(0, 1, max_denominator=1000))
        kind = draw(st.integers(0, 9))
        if kind == 0:
            words.append(SpokenWord("nonsense", at, start))
        elif kind > 1:
            words.append(SpokenWord(word, start, at))
    return text, seconds, tuple(words)


def bare(text: str) -> str:
    return "".join(text.split())


@given(heard())
@settings(max_examples=100, deadline=None)
def test_captions_are_the_text_in_order_and_in_time(
    case: tuple[str, Fraction, tuple[SpokenWord, ...]],
) -> None:
    text, seconds, words = case
    cues = cues_of(text, seconds, words)
    assert bare("".join(cue.text for cue in cues)) == bare(text)
    rest = text
    for cue in cues:
        _, found, rest = rest.partition(cue.text)
        assert found and cue.text == cue.text.strip()
    assert all(0 <= cue.start < cue.end <= seconds for cue in cues)
    assert all(left.end <= right.start for left, right in pairwise(cues))
    if cues:
        least = min(LEAST_SECONDS, seconds / len(cues))
        assert all(cue.end - cue.start >= least for cue in cues)


@given(TEXTS, SECONDS)
@settings(max_examples=100, deadline=None)
def test_a_caption_has_two_short_lines_unless_a_word_is_longer(
    text: str, seconds: Fraction
) -> None:
    for cue in cues_of(text, seconds):
        lines = two_lines(cue.text)
        assert " ".join(lines).split() == cue.text.split()
        assert len(lines) <= 2
        assert all(len(line) <= LINE for line in lines) or len(cue.text.split()) == 1


def test_captions_end_with_sentences_and_phrases() -> None:
    text = (
        "The first step is always the hardest one, because your feet do not know yet where the "
        "music will carry them. Close your eyes, Dr. Smith, and listen."
    )
    assert [cue.text for cue in cues_of(text, Fraction(14))] == [
        "The first step is always the hardest one,",
        "because your feet do not know yet where the music will carry them.",
        "Close your eyes, Dr. Smith, and listen.",
    ]


def test_short_sentences_share_a_caption() -> None:
    assert [cue.text for cue in cues_of("Yes. No. Go!", Fraction(2))] == ["Yes. No. Go!"]


def test_paragraphs_do_not_share_one() -> None:
    texts = [cue.text for cue in cues_of("One two three.\n\nFour five six.", Fraction(6))]
    assert texts == ["One two three.", "Four five six."]


def test_a_caption_begins_with_its_first_spoken_word() -> None:
    text = "The room is silent for a long time. Then the guitar begins to play."
    words = [*text.split()]
    times = [Fraction(index, 4) for index in range(8)] + [
        Fraction(6) + Fraction(index, 4) for index in range(6)
    ]
    spoken = tuple(
        SpokenWord(word, at, at + Fraction(1, 5)) for word, at in zip(words, times, strict=True)
    )
    first, second = cues_of(text, Fraction(10), spoken)
    assert (first.start, second.start) == (0, 6)
    assert first.end < 3
    assert second.end < 8


def test_digits_and_pauses_take_their_time() -> None:
    numbers, words = cues_of(
        "In 1984 1985 1986 1987 it began.\n\nSo it did, as we all do know.", Fraction(10)
    )
    assert numbers.end - numbers.start > 1.5 * (words.end - words.start)


def test_a_blank_text_has_no_captions() -> None:
    assert cues_of(" \n\t", Fraction(1)) == ()


@pytest.mark.parametrize("seconds", [0, -1])
def test_captions_need_time(seconds: int) -> None:
    with pytest.raises(ValueError, match="positive"):
        cues_of("Text", Fraction(seconds))


def test_lines_are_even_and_no_article_ends_one() -> None:
    text = "because your feet do not know yet where the music will carry them."
    assert two_lines(text) == (
        "because your feet do not know yet",
        "where the music will carry them.",
    )


def test_a_file_of_captions() -> None:
    cues = (
        Cue(text="Tom & <Ann> --> end", start=Fraction(0), end=Fraction(1, 3)),
        Cue(text="¿Qué\n\nmás?", start=Fraction(3723), end=Fraction("3724.5")),
    )
    assert webvtt(cues, Language.SPANISH) == (
        "WEBVTT\n\nNOTE Language: es\n\n"
        "00:00:00.000 --> 00:00:00.333\nTom &amp; &lt;Ann&gt; --&gt; end\n\n"
        "01:02:03.000 --> 01:02:04.500\n¿Qué más?\n"
    )


@given(TEXTS, SECONDS)
@settings(max_examples=100, deadline=None)
def test_files_hold_each_caption_with_its_time(text: str, seconds: Fraction) -> None:
    cues = cues_of(text, seconds)
    header, note, *blocks = webvtt(cues, Language.ENGLISH).removesuffix("\n").split("\n\n")
    assert (header, note) == ("WEBVTT", "NOTE Language: en")
    assert len(blocks) == len(cues)
    for block, cue in zip(blocks, cues, strict=True):
        times, *lines = block.split("\n")
        assert re.fullmatch(f"{STAMP} --> {STAMP}", times)
        start, end = (_seconds(each) for each in times.split(" --> "))
        assert start < end
        assert abs(start - cue.start) <= Fraction(1, 2000)
        assert 1 <= len(lines) <= 2
        assert not re.search("-->|<", "\n".join(lines))
        shown = html.unescape(" ".join(lines))
        assert shown.split() == cue.text.replace("\0", "\ufffd").split()


def _seconds(stamp: str) -> Fraction:
    hours, minutes, seconds = stamp.split(":")
    return 3600 * int(hours) + 60 * int(minutes) + Fraction(seconds)
