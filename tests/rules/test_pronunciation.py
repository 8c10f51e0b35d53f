"""Rules by which a text is read out."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.scripts.languages import Language
from domain.scripts.pronunciation import read_out

EN, ES, PT = Language.ENGLISH, Language.SPANISH, Language.PORTUGUESE
READ = [
    (EN, "Dr. Smith and Mrs. Jones", "Doctor Smith and Missus Jones"),
    (EN, "$5.50", "5 dollars and 50"),
    (EN, "$1", "1 dollar"),
    (EN, "$1,250,000", "1250000 dollars"),
    (EN, "it costs 20€.", "it costs 20 euros."),
    (EN, "20% more", "20 percent more"),
    (EN, "Tom & Ann", "Tom and Ann"),
    (EN, "“Yes,” she said.", "Yes, she said."),
    (EN, "tea, milk, etc. Then go.", "tea, milk, et cetera. Then go."),
    (EN, "tea, milk, etc. and sugar", "tea, milk, et cetera and sugar"),
    (EN, "salsa vs. bachata", "salsa versus bachata"),
    (EN, "a drama. It ends.", "a drama. It ends."),
    (EN, "🙂 Smile! 💃", "Smile!"),
    (EN, "20° outside", "20° outside"),
    (ES, "¿Cómo está, Sra. Pérez?", "¿Cómo está, Señora Pérez?"),
    (ES, "El Dr. y la Dra. Gómez", "El Doctor y la Doctora Gómez"),
    (ES, "en EE. UU. y EE.UU.", "en Estados Unidos y Estados Unidos"),
    (ES, "1.250,50 €", "1250 euros con 50"),
    (ES, "p. ej. el 25 %", "por ejemplo el 25 por ciento"),
    (ES, "Ud. tiene $1", "usted tiene 1 dólar"),
    (ES, "«Sí», dijo.", "Sí , dijo."),
    (PT, "A Sra. Pereira e o Sr. João", "A Senhora Pereira e o Senhor João"),
    (PT, "R$ 20 ou R$ 1,05", "20 reais ou 1 real e 5"),
    (PT, "às 15h30", "às 15 horas e 30"),
    (PT, "p. ex. 10%", "por exemplo 10 por cento"),
]


@pytest.mark.parametrize(("language", "text", "expected"), READ)
def test_a_text_is_read_out_as_a_reader_says_it(
    language: Language, text: str, expected: str
) -> None:
    assert read_out(text, language).text.split() == expected.split()


@given(st.text(max_size=120), st.sampled_from(Language))
@settings(max_examples=150)
def test_each_place_of_the_spoken_text_comes_from_one_in_the_authors(
    text: str, language: Language
) -> None:
    reading = read_out(text, language)
    places = [reading.place_of(offset) for offset in range(len(reading.text))]
    assert all(place is not None and 0 <= place < len(text) for place in places)
    known = [place for place in places if place is not None]
    assert known == sorted(known)
    assert reading.place_of(len(reading.text)) is None


@given(
    st.lists(st.sampled_from([text for _, text, _ in READ]), max_size=4), st.sampled_from(Language)
)
@settings(max_examples=100)
def test_a_text_without_signs_is_read_as_it_is(texts: list[str], language: Language) -> None:
    words = [word for text in texts for word in text.split() if word.isalpha() and word != "EUA"]
    assert read_out(" ".join(words), language).text == " ".join(words)


def test_a_place_in_an_abbreviation_is_its_begin() -> None:
    reading = read_out("See Dr. Who", Language.ENGLISH)
    assert reading.text == "See Doctor Who"
    assert [reading.place_of(reading.text.index(part)) for part in ("See", "tor", "Who")] == [
        0,
        4,
        8,
    ]
