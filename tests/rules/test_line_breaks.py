"""Lines of text: as equal as possible, without a word alone and without a broken word."""

from hypothesis import given
from hypothesis import strategies as st

from domain.scripts.line_breaks import broken_word, lines_of, words_of

letters = st.text(alphabet="abcdefghñçãé", min_size=1, max_size=12)
texts = st.lists(letters, min_size=1, max_size=40)


def test_lines_are_balanced() -> None:
    words = words_of("La noche en que aprendimos a bailar bachata")
    assert lines_of(words, len, 22) == ["La noche en", "que aprendimos", "a bailar bachata"] or (
        lines_of(words, len, 22) == ["La noche en que", "aprendimos", "a bailar bachata"]
    )


def test_no_word_stands_alone_in_the_last_line() -> None:
    words = words_of("one two three four five six seven")
    lines = lines_of(words, len, 28)
    assert lines is not None
    assert len(lines) == 2
    assert " " in lines[-1]


def test_a_short_word_rather_begins_a_line() -> None:
    lines = lines_of(words_of("bailamos juntos en la plaza grande"), len, 21)
    assert lines is not None
    assert lines[0] == "bailamos juntos"


def test_a_word_wider_than_a_line_is_not_broken_here() -> None:
    assert lines_of(["short", "unbreakable"], len, 10) is None
    assert lines_of([], len, 10) == []


@given(words=texts, most=st.integers(12, 60))
def test_no_word_is_lost_and_no_line_is_too_wide(words: list[str], most: int) -> None:
    lines = lines_of(words, len, most)
    assert lines is not None
    assert [word for line in lines for word in line.split(" ")] == words
    assert all(len(line) <= most for line in lines)


@given(words=texts, most=st.integers(12, 60))
def test_there_is_at_most_one_line_more_than_needed(words: list[str], most: int) -> None:
    lines = lines_of(words, len, most)
    assert lines is not None
    needed, filled = 1, 0
    for word in words:
        wider = filled + 1 + len(word) if filled else len(word)
        needed, filled = (needed, wider) if wider <= most else (needed + 1, len(word))
    assert needed <= len(lines) <= needed + 1
    if len(lines) > needed:
        assert " " in lines[-1]


@given(word=st.text(alphabet="abc\u0303ñ", min_size=1, max_size=50), most=st.integers(2, 10))
def test_a_word_is_broken_into_parts_that_fit(word: str, most: int) -> None:
    parts = broken_word(word, lambda text: len(text.replace("\u0303", "")), most)
    assert "".join(parts) == word
    assert all(len(part.replace("\u0303", "")) <= most for part in parts)
    assert not any(part.startswith("\u0303") for part in parts[1:])


def test_letters_are_composed_and_no_break_spaces_stay() -> None:
    assert words_of("corac\u0327a\u0303o\u00a0meu,\n  amor\t") == ["coração\u00a0meu,", "amor"]
