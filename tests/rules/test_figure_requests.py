"""Order and number of figures in a description, and the words that are not understood."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.text_query.meanings import Role
from domain.text_query.terms import lexicon
from domain.text_query.tokens import fold, split
from domain.text_query.words import Asked, read


def summary(request: Asked) -> str:
    """The requests of a line such as "2-3 turn first; no dip; ?prima"."""
    parts: list[str] = []
    for each in request.requests:
        number = str(each.at_least)
        if each.at_most is None:
            number = "" if each.at_least == 1 else f"{number}+"
        elif each.at_most != each.at_least:
            number = f"{number}-{each.at_most}"
        parts.append(" ".join(filter(None, (number, each.figure, each.place))))
    placed = {each.figure for each in request.requests}
    parts += [each for each in request.figures if each not in placed]
    parts += [f"no {each}" for each in (*request.unwanted, *request.unwanted_styles)]
    values = (request.difficulty, request.energy_level, request.style)
    parts += [str(each) for each in values if each is not None]
    if request.tempo is not None:
        parts.append(f"{request.tempo.slowest:g}-{request.tempo.fastest:g} BPM")
    if request.seconds is not None:
        parts.append(f"{request.seconds:g} s")
    return "; ".join([*parts, *(f"?{each}" for each in request.not_understood)])


ENGLISH = {
    "ending in a dip": "dip last",
    "Finish with a dip.": "dip last",
    "End on a body wave": "bodywave last",
    "I'd like it to end with a dip, please": "dip last",
    "close with a hammerlock": "hammerlock last",
    "a dip at the end": "dip last",
    "At the end, a dip!": "dip last",
    "ending in a dip with three turns": "dip last; 3+ turn",
    "ends in flight, two hip rolls": "2+ hiproll; ?ends in; ?flight",
    "finally a dip": "dip last",
    "lastly, some footwork": "footwork last",
    "Last, a body roll": "bodywave last",
    "Start with a turn": "turn first",
    "begin with two basic steps": "2+ basic first",
    "open with shadow position": "shadow first",
    "Opening with hip rolls": "hiproll first",
    "To begin, a basic": "basic first",
    "first turns, then dips": "turn first; dip then",
    "First a basic, next a wave, lastly hips": "basic first; bodywave then; hiproll last",
    "turns first, dips last": "turn first; dip last",
    "turns first and a dip at the end": "turn first; dip last",
    "start with turns and body waves, end in a dip": "turn first; bodywave first; dip last",
    "begin and end with a basic": "basic last; basic first",
    "turns before dips": "turn; dip then",
    "a turn followed by a dip": "turn; dip then",
    "basic step, after that body waves, and finally a dip": "basic; bodywave then; dip last",
    "They first do basics, then turns, and finish with a dip": "basic first; turn then; dip last",
    "after the break, footwork": "footwork after_break",
    "footwork after the break": "footwork after_break",
    "After the pause body waves, then turns": "bodywave after_break; turn then",
    "three turns": "3+ turn",
    "3 turns": "3+ turn",
    "THREE TURNS": "3+ turn",
    "at least two dips": "2+ dip",
    "a couple of spins": "2+ turn",
    "a few head rolls": "3+ headroll",
    "several turns": "3+ turn",
    "only one dip": "1 dip",
    "just one body wave": "1 bodywave",
    "exactly 3 turns": "3 turn",
    "no more than two dips": "1-2 dip",
    "at most one turn": "1 turn",
    "up to three spins": "1-3 turn",
    "2-3 turns": "2-3 turn",
    "two or three body waves": "2-3 bodywave",
    "spin twice": "2+ turn",
    "turn three times": "3+ turn",
    "a dip, but only once": "1 dip",
    "dip twice at the end": "2+ dip last",
    "start with two turns": "2+ turn first",
    "no dips": "no dip",
    "No Dips, No Turns!": "no dip; no turn",
    "without turns or dips": "no turn; no dip",
    "don't end with a dip": "no dip",
    "never start with turns": "no turn",
    "please avoid hip rolls": "no hiproll",
    "no dips at the end": "no dip",
    "zero head rolls": "no headroll",
    "not a single dip": "no dip",
    "nothing sensual": "no sensual",
    "not too fast": "30-130 BPM",
    "don't make it too hard": "intermediate",
    "not too fast and no dips, three turns": "3+ turn; no dip; 30-130 BPM",
    "low-energy, ending in a body-wave": "bodywave last; low",
    "no robots please": "?no; ?robots",
    "dance on the moon": "?moon",
    "a hip hop flavoured thing": "hiproll; ?hop; ?flavoured",
    "first 30 seconds slow": "30-118 BPM; 30 s; ?first",
    "start slow, end fast": "30-118 BPM; ?start; ?end; ?fast",
    "turns in the middle": "turn; ?in the middle",
    "dips before the break": "dip; ?before the break",
    "then dips": "dip; ?then",
    "twice": "?twice",
    "sensual wedding dance": "sensual; ?wedding",
    "not short": "?short",
    "Romantic but playful": "romantic; ?playful",
}
SPANISH = {
    "terminar en una caída": "dip last",
    "terminar con una caida": "dip last",
    "TERMINA CON UNA CAÍDA": "dip last",
    "que acabe en cambré": "dip last",
    "acabar con una onda": "bodywave last",
    "al final, una caída": "dip last",
    "una caída al final": "dip last",
    "Por último, ondas": "bodywave last",
    "por ultimo zapateo": "footwork last",
    "finalmente un giro": "turn last",
    "que la última figura sea una onda": "bodywave last",
    "para terminar, un hammerlock": "hammerlock last",
    "cierra con una sombra": "shadow last",
    "empezar con vueltas": "turn first",
    "empieza con el paso básico": "basic first",
    "comenzar con un básico": "basic first",
    "Que empiece por ondas": "bodywave first",
    "para empezar, una vuelta": "turn first",
    "algo fácil para empezar": "beginner",
    "al principio golpes": "golpe first",
    "golpes al principio": "golpe first",
    "primero vueltas": "turn first",
    "Primero vueltas, luego ondas y al final una caída": "turn first; bodywave then; dip last",
    "primero el básico, después vueltas, por último ondas": "basic first; turn then; bodywave last",
    "vueltas primero y caídas al final": "turn first; dip last",
    "empezar con vueltas y ondas, terminar en caída": "turn first; bodywave first; dip last",
    "empezar y terminar con el básico": "basic last; basic first",
    "vueltas y luego ondas": "turn; bodywave then",
    "vueltas, a continuación caídas": "turn; dip then",
    "una vuelta seguida de una caída": "turn; dip then",
    "primero dos vueltas, luego ondas": "2+ turn first; bodywave then",
    "después de la pausa, zapateo": "footwork after_break",
    "despues del corte ondas": "bodywave after_break",
    "juego de pies tras el break": "footwork after_break",
    "dos vueltas": "2+ turn",
    "2 vueltas": "2+ turn",
    "DOS VUELTAS": "2+ turn",
    "tres giros y una caída": "3+ turn; dip",
    "al menos dos ondas": "2+ bodywave",
    "por lo menos tres vueltas": "3+ turn",
    "un par de giros": "2+ turn",
    "unas cuantas vueltas": "3+ turn",
    "varias ondas": "3+ bodywave",
    "solo una caída": "1 dip",
    "exactamente dos vueltas": "2 turn",
    "como máximo dos caídas": "1-2 dip",
    "no más de dos vueltas": "1-2 turn",
    "hasta tres giros": "1-3 turn",
    "dos o tres ondas": "2-3 bodywave",
    "una vuelta dos veces": "2+ turn",
    "gira, caída tres veces": "3+ dip; turn",
    "empezar con dos vueltas": "2+ turn first",
    "sin vueltas": "no turn",
    "SIN VUELTAS NI ONDAS": "no turn; no bodywave",
    "nada de ondas": "no bodywave",
    "nada de caídas, por favor": "no dip",
    "no quiero giros": "no turn",
    "ninguna caída": "no dip",
    "ni vueltas ni caídas": "no turn; no dip",
    "no termines con una caída": "no dip",
    "no empieces con vueltas": "no turn",
    "sin caídas al final": "no dip",
    "evita los golpes": "no golpe",
    "no muy rápido": "30-130 BPM",
    "nada difícil y sin vueltas": "no turn; intermediate",
    "bailar como en la boda de mi prima": "romantic; ?prima",
    "con tres vueltas en medio": "3+ turn; ?en medio",
    "ondas antes de la pausa": "bodywave; ?antes de la pausa",
    "vueltas en el estribillo": "turn; ?en el estribillo",
    "luego ondas": "bodywave; ?luego",
    "dos veces": "?dos; ?veces",
    "sin robots": "?sin; ?robots",
    "como en la playa con mi perro": "?playa; ?perro",
    "una coreo sensual, termina with a dip": "dip last; sensual",
    "first vueltas, al final dips": "turn first; dip last",
    "una bachata": "",
    "sensual y romántica": "sensual; ?romántica",
}


@pytest.mark.parametrize(("text", "expected"), [*ENGLISH.items(), *SPANISH.items()])
def test_order_and_number_are_kept_and_the_rest_is_named(text: str, expected: str) -> None:
    assert summary(read(text)) == expected


def test_sixty_sentences_of_each_language_are_tried() -> None:
    assert min(len(ENGLISH), len(SPANISH)) >= 60


@pytest.mark.parametrize("text", [*ENGLISH, *SPANISH])
def test_capitals_and_accents_change_no_order(text: str) -> None:
    assert fold(summary(read(text.upper()))) == fold(summary(read(text)))
    assert fold(summary(read(fold(text)))) == fold(summary(read(text)))


def test_words_are_told_as_they_were_written() -> None:
    request = read("Termina con una CAÍDA, Ñandú")
    assert [(each.words, each.meaning) for each in request.understood] == [
        ("Termina con", "place: last"),
        ("CAÍDA", "figure: dip"),
    ]
    assert request.not_understood == ("Ñandú",)


SILENT = {
    word
    for phrase, entry in lexicon().items()
    if entry.role in (Role.FILLER, Role.RETURN, Role.NEGATOR)
    for word in phrase
}
phrases = st.sampled_from(sorted({*ENGLISH, *SPANISH})) | st.sampled_from(
    sorted(" ".join(phrase) for phrase in lexicon())
)
strange = st.text("bcdfgqxzwkñé", min_size=4, max_size=9)
texts = st.lists(phrases | strange, max_size=8).flatmap(
    lambda parts: st.sampled_from([" ", ", ", ". ", " y ", " and "]).map(lambda by: by.join(parts))
)


@settings(max_examples=400)
@given(texts)
def test_every_word_is_used_or_named_or_says_nothing_of_a_dance(text: str) -> None:
    request = read(text)
    used = {word for each in request.understood for word in split(each.words)}
    unknown = {word for each in request.not_understood for word in split(each)}
    assert set(split(text)) <= used | unknown | SILENT


@given(st.lists(strange, min_size=1, max_size=6))
def test_what_no_dancer_says_is_told_in_its_own_words(words: list[str]) -> None:
    request = read(" ".join(words))
    expected = list(dict.fromkeys(fold(each) for each in words))
    assert [fold(each) for each in request.not_understood] == expected
    assert request.nothing


@given(texts)
def test_a_request_is_of_a_figure_that_is_wanted(text: str) -> None:
    request = read(text)
    for each in request.requests:
        assert each.figure in request.figures
        assert 1 <= each.at_least <= (each.at_most or each.at_least)
