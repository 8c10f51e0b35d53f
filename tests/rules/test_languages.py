"""Rules that tell a text's language."""

import random
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.scripts.languages import Language, language_of

SENTENCES = {
    Language.ENGLISH: (
        "The first step is always the hardest one.",
        "Bachata was born in the Dominican Republic.",
        "Close your eyes and listen to the guitar.",
        "Where did you learn to dance like that?",
        "She turns once, and the room holds its breath.",
        "Our kitchen is open from Monday to Friday.",
        "Rain fell on the old town all night.",
        "In 1962 José Manuel Calderón recorded the first bachata songs.",
        "Don't look at your feet!",
        "Count to eight, then start again.",
        "Fresh bread, every morning.",
        "Why wait?",
        "Thank you for watching.",
        "Dr. Smith paid $5.50 at 3:30 p.m.",
        "We met at a café in São Paulo.",
        "El Niño changes the weather of the whole world.",
        "Love hurts, and still we dance.",
        "Summer sale: 20% off everything",
        "Keep moving.",
        "He never came back.",
    ),
    Language.SPANISH: (
        "El primer paso siempre es el más difícil.",
        "La bachata nació en la República Dominicana.",
        "Cierra los ojos y escucha la guitarra.",
        "¿Dónde aprendiste a bailar así?",
        "Ella gira una vez y la sala contiene el aliento.",
        "Nuestra cocina abre de lunes a viernes.",
        "Llovió toda la noche sobre el pueblo viejo.",
        "En 1962 José Manuel Calderón grabó las primeras bachatas.",
        "¡No mires tus pies!",
        "Cuenta hasta ocho y vuelve a empezar.",
        "Pan recién hecho cada mañana.",
        "¿Por qué esperar?",
        "Gracias por vernos.",
        "La Sra. Pérez pagó 5,50 € a las 15:30.",
        "Nos conocimos en un café de São Paulo.",
        "El amor duele y aun así bailamos.",
        "Buenos días",
        "Te quiero mucho.",
        "Hoy hace sol.",
        "Nunca volvió.",
    ),
    Language.PORTUGUESE: (
        "O primeiro passo é sempre o mais difícil.",
        "A bachata nasceu na República Dominicana.",
        "Feche os olhos e escute o violão.",
        "Onde você aprendeu a dançar assim?",
        "Ela gira uma vez e a sala prende a respiração.",
        "A nossa cozinha abre de segunda a sexta.",
        "Choveu a noite toda sobre a cidade velha.",
        "Em 1962 José Manuel Calderón gravou as primeiras bachatas.",
        "Não olhe para os pés!",
        "Conte até oito e comece de novo.",
        "Pão fresco todas as manhãs.",
        "Por que esperar?",
        "Obrigado por assistir.",
        "A Sra. Pereira pagou R$ 5,50 às 15h30.",
        "Nos conhecemos em um café de Buenos Aires.",
        "O amor dói e mesmo assim dançamos.",
        "Bom dia",
        "Eu te amo muito.",
        "Hoje faz sol.",
        "Nunca voltou.",
    ),
}
WORDS = {
    Language.ENGLISH: "Hello. One, two, three. We are here.",
    Language.SPANISH: "Hola. Uno, dos, tres. Mi corazón. Gracias.",
    Language.PORTUGUESE: "Olá. Um, dois, três. Meu coração. Obrigado.",
}
TABLE = [(language, each) for language, texts in SENTENCES.items() for each in texts]


@pytest.mark.parametrize(("language", "sentence"), TABLE)
def test_a_sentence_tells_its_language(language: Language, sentence: str) -> None:
    assert language_of(sentence) is language


def test_the_table_has_sixty_sentences() -> None:
    assert len({sentence for _, sentence in TABLE}) == 60


@pytest.mark.parametrize("language", Language)
def test_very_short_texts_tell_it_too(language: Language) -> None:
    for text in WORDS[language].split(". "):
        assert language_of(text) is language, text


@pytest.mark.parametrize("text", ["", " \n", "1234", "🙂", "\x00"])
def test_a_text_without_words_counts_as_english(text: str) -> None:
    assert language_of(text) is Language.ENGLISH


@given(st.text(max_size=300))
@settings(max_examples=100)
def test_every_text_has_one_language_whatever_its_spaces(text: str) -> None:
    language = language_of(text)
    assert language_of(text) is language
    assert language_of(f"  {text}\n") is language


@given(st.sampled_from(list(Language)), st.randoms(use_true_random=False), st.booleans())
@settings(max_examples=100)
def test_sentences_in_any_order_and_case_keep_their_language(
    language: Language, chance: random.Random, capital: bool
) -> None:
    sentences = list(SENTENCES[language])
    chance.shuffle(sentences)
    text = " ".join(sentences[:5])
    assert language_of(text.upper() if capital else text) is language


@given(st.sampled_from(TABLE))
def test_a_decomposed_text_is_read_as_a_composed_one(row: tuple[Language, str]) -> None:
    language, sentence = row
    assert language_of(unicodedata.normalize("NFD", sentence)) is language
