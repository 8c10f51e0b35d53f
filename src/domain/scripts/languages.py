"""Tell in which language a text is written, from its function words and letters."""

import re
import unicodedata
from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Language(StrEnum):
    """A language that scripts are written in, as its ISO 639-1 code."""

    ENGLISH = "en"
    SPANISH = "es"
    PORTUGUESE = "pt"


_MOST_CHARACTERS: Final = 20_000
"""The beginning of a text tells its language."""

_OF_ENGLISH: Final = """
the of and to in is are was were be been it its this that these those you your we our they their
he she his her him them i my me with for from on at by an as or but not so if when what which
who how why where there here have has had do does did will would can could should may must shall
than then just very more most some any all each one two three about into over after before again
only own same too out up down off through during because while until yes please thanks thank
hello good new let's don't it's i'm you're we're that's can't isn't music dance night love life
day time make take come go look learn step every first next
"""
_OF_SPANISH: Final = """
el los las un una unos unas y o u e del al en con por para su sus lo le les se que qué es son
está están estás estamos estoy era fue ser hay muy más pero porque cuando como cómo donde dónde
quien quién yo tú él ella ellos ellas nosotros usted ustedes mi mis tu tus nuestro nuestra este
esta esto estos estas ese esa eso aquel aquella hasta desde sin sobre entre ya también tampoco
sí no ni si la de a me te nos hoy ayer mañana siempre nunca todo todos toda todas cada otro otra
hace hacer tiene tienen tengo puede pueden vamos gracias hola buenos buenas días noche música
bailar baile vida amor aquí allí ahora bien mejor según luego después antes mientras aunque dos
tres mucho mucha muchos pasos primer primero año años uno conmigo contigo consigo luna fuego
calle ciudad mujer hombre corazón juntos lluvia viejo
"""
_OF_PORTUGUESE: Final = """
o os as um uma uns umas e ou do da dos das no na nos nas ao aos à às em com por para pelo pela
pelos pelas seu sua seus suas lhe se que é são está estão estou foi era ser há muito mais mas
porque quando como onde quem eu tu você vocês ele ela eles elas nós meu minha meus minhas nosso
nossa este esta isto esse essa isso aquele aquela num numa até desde sem sobre entre já também
não nem sim a de me te hoje ontem amanhã sempre nunca tudo todo todos toda todas cada outro
outra faz fazer tem têm tenho pode podem vamos obrigado obrigada olá bom boa dias noite música
dançar dança vida amor aqui ali agora bem melhor depois antes enquanto dois duas três muita
muitos passos primeiro ano anos gente só lá vai vem comigo contigo consigo lua fogo rua cidade
mulher homem coração juntos chuva velho
"""
_WORDS: Final[Mapping[Language, frozenset[str]]] = {
    Language.ENGLISH: frozenset(_OF_ENGLISH.split()),
    Language.SPANISH: frozenset(_OF_SPANISH.split()),
    Language.PORTUGUESE: frozenset(_OF_PORTUGUESE.split()),
}
_LETTERS: Final = (
    (re.compile("[ñ¿¡]"), Language.SPANISH, 3.0),
    (re.compile("[ãõçâêôà]"), Language.PORTUGUESE, 2.0),
    (re.compile(r"[úíóáé]|[aeo]s?\b"), Language.SPANISH, 0.15),
    (re.compile(r"[úíóáé]|[aeo]s?\b"), Language.PORTUGUESE, 0.14),
    (re.compile(r"[kw]|th|sh|ck|'(?:s|re|ll|ve|t|m|d)\b"), Language.ENGLISH, 0.7),
    (re.compile(r"(?:ing|tion|tions|ght|ly|ness|ful|ed)\b"), Language.ENGLISH, 1.0),
    (re.compile(r"[aeiou]y\b|ck\b|oo|ee"), Language.ENGLISH, 0.5),
    (
        re.compile(r"(?:ción|sión|ciones|siones|dad|dades|miento|ando|iendo|illo|illa)\b"),
        Language.SPANISH,
        1.0,
    ),
    (re.compile(r"\bll|\bhue|\bhie|[^aeiou\W]ue[^\W]|\b\w*ie[nrst]"), Language.SPANISH, 0.5),
    (
        re.compile(r"(?:ção|ções|são|sões|dade|dades|mento|agem|ndo|inho|inha|ei|ou|eu)\b"),
        Language.PORTUGUESE,
        0.8,
    ),
    (
        re.compile(r"[nl]h[aeiouáéíóúãõâêô]|ss[aeiou]|\w[^\Waeiou]?[aeo]m\b"),
        Language.PORTUGUESE,
        0.7,
    ),
)
"""Spellings, the language they speak for, and how strongly."""

_NAME: Final = re.compile(r"(?<=[^\W\d_] )[^\W\d_a-zà-þ][a-zà-ÿ]+")
"""A capitalised word within a sentence: names keep the spelling of their own language."""
_NAMES: Final = 0.2
"""The share of a text's score that it gets with its names; the rest it gets without them."""
_UNOPENED: Final = -0.5
"""Spanish opens its questions and exclamations, except in haste."""

_WORD: Final = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")


def language_of(text: str) -> Language:
    """Return the most probable language of a text; English if nothing tells it."""
    sample = unicodedata.normalize("NFC", text[:_MOST_CHARACTERS]).replace("\u2019", "'")
    whole, nameless = _scores(sample), _scores(_NAME.sub("", sample))
    scores = {each: _NAMES * whole[each] + (1 - _NAMES) * nameless[each] for each in Language}
    # Of equals, `max` returns the first one.
    return max(Language, key=scores.__getitem__)


def _scores(sample: str) -> dict[Language, float]:
    """Return how much speaks for each language."""
    sample = sample.casefold()
    scores = dict.fromkeys(Language, 0.0)
    for word in _WORD.findall(sample):
        speakers = [language for language, words in _WORDS.items() if word in words]
        for language in speakers:
            # A word of one language only says much more than a word that two have.
            scores[language] += (2.0, 0.6, 0.2)[len(speakers) - 1]
    for spelling, language, strength in _LETTERS:
        scores[language] += strength * len(spelling.findall(sample))
    if re.search("[?!]", sample) and not re.search("[¿¡]", sample):
        scores[Language.SPANISH] += _UNOPENED
    return scores
