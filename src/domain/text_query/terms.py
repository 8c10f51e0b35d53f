"""The lexicon: every known word and phrase, in English and in Spanish."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Final, TypeAlias

from domain.blueprint.model import Difficulty
from domain.library.moves import Energy, Style
from domain.text_query.figures import FIGURES
from domain.text_query.fillers import FILLERS, NEGATORS, RETURNS
from domain.text_query.meanings import FAST, MEDIUM, SLOW, Entry, Facet, Meaning, Role, Value
from domain.text_query.orders import orders
from domain.text_query.tokens import phrases_of, split

Lexicon: TypeAlias = Mapping[tuple[str, ...], Entry]

SHORT: Final = 60.0
"""Duration of a "short" dance in seconds."""

_OUTRIGHT: Final[Mapping[Facet, Mapping[Value, str]]] = {
    Facet.DIFFICULTY: {
        Difficulty.BEGINNER: (
            "beginner, beginners, easy, easier, easiest, simple, simpler, simplest,"
            "novice, novices, newbie, newbies, starter, starters, newcomer, newcomers, first class,"
            "first lesson, first time, never danced, new to bachata, new to dancing,"
            "principiante, principiantes, facil, faciles, facilit@, sencill@, novat@, inicial,"
            "iniciacion, primera clase, primera vez, nunca he bailado, nunca hemos bailado,"
            "nivel basico, basic level, beginner level, pasos faciles, pasos sencillos, paso facil,"
            "pasos simples, empezando"
        ),
        Difficulty.INTERMEDIATE: (
            "intermediate, intermediates, improver, improvers, intermedi@, nivel intermedio,"
            "some experience, algo de experiencia, pasos intermedios"
        ),
        Difficulty.ADVANCED: (
            "advanced, expert, experts, hard, harder, hardest, difficult, challenging, complex,"
            "complicated, tricky, professional, professionals, pro, pros, master, virtuoso,"
            "avanzad@, expert@, dificil, dificiles, complicad@, complej@, profesional,"
            "profesionales, exigente, exigentes, pasos avanzados, pasos dificiles,"
            "pasos complicados"
        ),
    },
    Facet.TEMPO: {
        SLOW: (
            "slow, slower, slowest, slowly, slowish, lent@, lentit@, despacio, despacito, pausad@"
        ),
        MEDIUM: "midtempo, neither slow nor fast, ni lento ni rapido, ni lenta ni rapida",
        FAST: (
            "fast, faster, fastest, quick, quicker, quickly, rapid, speedy, uptempo, up tempo,"
            "up beat, upbeat, rapid@, rapidit@, veloz, veloces, aceler@, acelerad@, movid@"
        ),
    },
    Facet.STYLE: {
        Style.ROMANTIC: "romantic, romantically, romance, romantic@, romantiqu@, romantiquisim@",
        Style.SENSUAL: "sensual, sensuality, sensually, sensuales, sensualidad, sensualit@",
        Style.PLAYFUL: "playful, playfully, jugueton, juguetona, juguetones, juguetonas",
        Style.ENERGETIC: "energetic, energetically, energic@, energetic@",
    },
    Facet.LENGTH: {SHORT: "short, shorter, brief, quick clip, cort@, cortit@, breve, breves"},
}

_MOODS: Final[tuple[tuple[Style | None, Energy | None, str], ...]] = (
    (Style.ROMANTIC, None, "love, loving, lovers, wedding, anniversary, valentine, valentines,"
     "amor, amoros@, enamorad@, boda, bodas, aniversario, san valentin, cita romantica"),
    (Style.ROMANTIC, Energy.LOW, "tender, sweet, dreamy, sad, melancholic, melancholy, nostalgic,"
     "heartbreak, candlelight, tiern@, dulce, dulces, triste, tristes, melancolic@, nostalgic@,"
     "desamor, sonador, sonadora"),
    (Style.SENSUAL, None, "sexy, seductive, hot, steamy, intimate, passion, passionate, close hold,"
     "close embrace, sultry, seductor, seductora, caliente, calientes, intim@, pasion, apasionad@,"
     "pegad@, pegadit@, sexi"),
    (Style.PLAYFUL, None, "fun, funny, cheeky, cheerful, happy, joyful, flirty, light hearted,"
     "lighthearted, cute, divertid@, alegre, alegres, feliz, felices, picar@, coquet@, gracios@,"
     "pilla, pillo, traviesa, travieso"),
    (Style.ENERGETIC, Energy.HIGH, "party, club, explosive, wild, powerful, lively, dynamic,"
     "vibrant, hyped, fiesta, fiester@, explosiv@, salvaje, potente, potentes, animad@,"
     "dinamic@, vibrante, marchos@"),
    (None, Energy.HIGH, "intense, strong, fiery, exciting, intens@, fuerte, fuertes, emocionante,"
     "con fuerza, con ganas, con marcha"),
    (None, Energy.LOW, "calm, relaxed, relaxing, chill, chilled, gentle, soft, softly, mellow,"
     "quiet, easy going, laid back, smooth, peaceful, tranquil@, relajad@, suave, suaves,"
     "suavecit@, calmad@, serena, sereno, apacible"),
    (None, Energy.MEDIUM, "moderate, balanced, medium, moderad@, equilibrad@, medio"),
)  # fmt: skip

_GRADES: Final = (
    "low, little, minimal, less, lower, baj@, poc@, poquita, menos, minim@",
    "medium, mid, moderate, average, medi@, moderad@, intermedi@, normal",
    "high, higher, lots of, a lot of, full of, plenty of, much, more, maximum, max, great, alt@,"
    "much@, llen@ de, mas, maxim@, tod@ la, a tope de",
)
_GRADED: Final[tuple[tuple[Facet, str, tuple[Value, ...]], ...]] = (
    (Facet.ENERGY, "energy, intensity, power, energia, intensidad", (*Energy,)),
    (Facet.DIFFICULTY, "difficulty, level, levels, dificultad, nivel", (*Difficulty,)),
    (Facet.TEMPO, "tempo, speed, pace, velocidad, ritmo", (SLOW, MEDIUM, FAST)),
)  # fmt: skip


def _graded() -> Iterable[tuple[tuple[str, ...], Entry]]:
    """Yield "low energy", "energía baja", "high level" and similar phrases, in
    either word order.
    """
    for facet, nouns, values in _GRADED:
        for noun in phrases_of(nouns):
            yield noun, Entry(Role.FILLER)
            for grades, value in zip(_GRADES, values, strict=True):
                for grade in phrases_of(grades):
                    entry = Entry(Role.TERM, (Meaning(facet, value),))
                    yield (*grade, *noun), entry
                    yield (*noun, *grade), entry


def _moods() -> Iterable[tuple[tuple[str, ...], Entry]]:
    for style, energy, phrases in _MOODS:
        meanings = tuple(
            Meaning(facet, value, mood=True)
            for facet, value in ((Facet.STYLE, style), (Facet.ENERGY, energy))
            if value is not None
        )
        yield from ((phrase, Entry(Role.TERM, meanings)) for phrase in phrases_of(phrases))


def _outright() -> Iterable[tuple[tuple[str, ...], Entry]]:
    for facet, values in _OUTRIGHT.items():
        for value, phrases in values.items():
            lively = (Meaning(Facet.ENERGY, Energy.HIGH, mood=True),)
            more = lively if value is Style.ENERGETIC else ()
            entry = Entry(Role.TERM, (Meaning(facet, value), *more))
            yield from ((phrase, entry) for phrase in phrases_of(phrases))


@cache
def lexicon() -> Lexicon:
    """Return all phrases with their entries, by their words."""
    entries: dict[tuple[str, ...], Entry] = {}
    for role, phrases in (
        (Role.FILLER, FILLERS),
        (Role.NEGATOR, NEGATORS),
        (Role.RETURN, RETURNS),
    ):
        entries |= dict.fromkeys(phrases_of(phrases), Entry(role))
    entries |= dict(orders())
    entries |= dict(_graded())
    entries |= dict(_moods())
    entries |= dict(_outright())
    for figure, definition in FIGURES.items():
        entry = Entry(Role.TERM, (Meaning(Facet.FIGURE, figure),))
        entries |= dict.fromkeys(phrases_of(definition.called), entry)
    return entries


@cache
def known_words() -> frozenset[str]:
    """Return every word that has a meaning or is too common to be a name."""
    return frozenset(word for phrase in lexicon() for word in phrase)


@cache
def single_terms() -> tuple[str, ...]:
    """Return every single word that has a meaning for a dance."""
    return tuple(
        phrase[0]
        for phrase, entry in lexicon().items()
        if len(phrase) == 1 and entry.role is Role.TERM
    )


def with_labels(labels: Iterable[str]) -> Lexicon:
    """Return the lexicon with labels of moves added; existing words keep their meaning."""
    entries = lexicon()
    extra = {
        words: Entry(Role.TERM, (Meaning(Facet.FIGURE, label),))
        for label in labels
        if (words := split(label)) and words not in entries
    }
    return {**entries, **extra} if extra else entries
