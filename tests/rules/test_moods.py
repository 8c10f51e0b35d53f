"""The mood of a text in three languages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.scripts.mood_words import STEMS
from domain.scripts.palettes import Mood, mood_of, palette

TEXTS = [
    ("The lovers kiss under the stars.", "en", Mood.ROMANTIC),
    ("Everybody laughs, it is a party!", "en", Mood.JOYFUL),
    ("Run, jump, dance: the drums are wild.", "en", Mood.ENERGETIC),
    ("She is alone and cries in the rain.", "en", Mood.MELANCHOLIC),
    ("A dark secret, and the danger of war.", "en", Mood.SERIOUS),
    ("The table stands in the room.", "en", Mood.CALM),
    ("Su corazón late de AMOR y pasión.", "es", Mood.ROMANTIC),
    ("¡Qué alegría, qué fiesta!", "es-MX", Mood.JOYFUL),
    ("Bailamos rápido al ritmo del tambor.", "es", Mood.ENERGETIC),
    ("Una lágrima por la despedida; qué tristeza.", "es", Mood.MELANCHOLIC),
    ("La guerra trajo miedo y silencio.", "es", Mood.SERIOUS),
    ("Um beijo, um abraço, o coração.", "pt-BR", Mood.ROMANTIC),
    ("Que saudade, que solidão!", "pt", Mood.MELANCHOLIC),
    ("A festa é alegria e riso.", "pt", Mood.JOYFUL),
    ("Love and kisses", "de", Mood.CALM),
    ("", "en", Mood.CALM),
]


@pytest.mark.parametrize(("text", "language", "mood"), TEXTS)
def test_words_tell_the_mood(text: str, language: str, mood: Mood) -> None:
    assert mood_of(text, language) is mood


def test_composed_and_decomposed_letters_are_the_same() -> None:
    assert mood_of("corac\u0327a\u0303o", "pt") is mood_of("coração", "pt") is Mood.ROMANTIC


def test_each_language_has_words_for_each_mood_in_plain_letters() -> None:
    assert set(STEMS) == {"en", "es", "pt"}
    for stems in STEMS.values():
        assert {*stems, "calm"} == {mood.value for mood in Mood}
        for words in stems.values():
            assert len(set(words)) == len(words)
            assert all(word == word.lower() and word.isascii() for word in words)


@given(text=st.text(), language=st.text(max_size=5), seed=st.integers())
def test_any_text_has_a_mood_and_any_mood_a_palette(text: str, language: str, seed: int) -> None:
    assert palette(mood_of(text, language), seed)
