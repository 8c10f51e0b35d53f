"""Words that request a position in the dance for a figure."""

from collections.abc import Iterator
from typing import Final

from domain.blueprint.model import Difficulty
from domain.text_query.meanings import Entry, Facet, Meaning, Place, Role
from domain.text_query.tokens import phrases_of

_EITHER_SIDE: Final = {
    Place.FIRST: (
        "first, at first, first of all, firstly, at the beginning, at the start, in the beginning,"
        "right at the start, at the very beginning, at the very start, to begin, to start,"
        "for starters, at the opening, primero, primera, primer@ que nada, en primer lugar,"
        "primeramente, al principio, al inicio, al comienzo, al empezar, de entrada, para comenzar,"
        "para iniciar, en el principio, en el inicio"
    ),
    Place.LAST: (
        "last, lastly, at last, finally, at the end, in the end, at the very end, right at the end,"
        "for the end, to finish, to end, to close, for the finale, as a finale, as the finale,"
        "finale, as the ending, for the ending, to finish off, last of all, to conclude,"
        "al final, al finalizar, final, finalmente, por ultimo, ultimo, ultima, para terminar,"
        "para acabar, para finalizar, para el final, en el final, al terminar, al acabar,"
        "como final, para cerrar, de ultimo"
    ),
    Place.AFTER_BREAK: (
        "after the break, after a break, after break, after the pause, after the breakdown,"
        "following the break, despues del break, despues de la pausa, despues del corte,"
        "despues del descanso, tras el break, tras la pausa, tras el corte, tras el descanso,"
        "luego de la pausa, luego del break, luego del corte"
    ),
    Place.THEN: "afterwards, after that, later, later on, despues, luego, mas tarde, tras eso",
}
_BEFORE: Final = {
    Place.FIRST: (
        "begin, begins, beginning, begin with, begins with, beginning with, begin on, begin in,"
        "start, starts, starting, start with, starts with, starting with, start off with,"
        "start out with, start in, start on, starting from, starting in, open, open with, opens,"
        "opens with, opening, opening with, opener, started with, to begin with, to start with,"
        "start by, begin by, kick off with, empezar con, empezar por, empieza, empieza con,"
        "empieza por, empiece, empiece con, empiece por, empecemos con, empezamos con,"
        "empezando con, empezando por, empiezan con, empiecen con, empieces con, comenzar,"
        "comenzar con, comienza, comienza con, comience, comience con, comenzamos con,"
        "comencemos con, comenzando, comenzando con, comienzo, inicia, inicia con, iniciar con,"
        "iniciando con, inicie con, abre con, abrir con, abriendo con, arranca con, arrancar con,"
        "arrancando con, para empezar con, la primera figura, el primer paso"
    ),
    Place.LAST: (
        "end, ends, end with, end in, end on, ends with, ends in, ends on, ending, ending with,"
        "ending in, ending on, ended with, ended by, finish, finishes, finish with, finish in,"
        "finish on, finishes with, finishes in, finishing, finishing with, finishing in,"
        "finishing on, finish off with, close with, closes with, closing with, closing,"
        "conclude with, concluding with, wrap up with, end up in, end up with, to end with,"
        "to finish with, terminar, terminar con, terminar en, termina, termina con, termina en,"
        "termine, termine con, termine en, terminando, terminando con, terminando en,"
        "terminamos con, terminamos en, terminemos con, termines con, terminen con, acabar,"
        "acabar con, acabar en, acaba, acaba con, acaba en, acabe, acabe con, acabe en, acabando,"
        "acabando con, acabando en, acabamos con, acabes con, finaliza con, finalizar con,"
        "finalice con, finalizando con, cierra con, cerrar con, cierre con, cerrando con,"
        "concluye con, concluir con, remata con, rematar con, la ultima figura"
    ),
    Place.THEN: (
        "then, and then, next, followed by, before, antes de, antes que, seguido de, seguida de,"
        "seguidos de, seguidas de, a continuacion, y luego, y despues"
    ),
}
"""Words before a figure; "turns before dips" requests the dips after the turns."""

_ELSEWHERE: Final = (
    "in the middle, in the middle of, halfway, half way, midway, before the break,"
    "during the break, on the break, in the break, before the end, in the chorus, in the verse,"
    "in the bridge, during the chorus, en medio, en el medio, en la mitad, a la mitad, a mitad,"
    "por la mitad, a medias, antes de la pausa, antes del final, en el coro, en el estribillo,"
    "en la pausa, durante la pausa, en el puente, en el break, durante el break, antes del break"
)

_OR_BEGINNERS: Final = "empezar, para empezar"
"""These mean "for beginners" if no figure follows."""


def orders() -> Iterator[tuple[tuple[str, ...], Entry]]:
    """Yield every phrase that orders figures, with its lexicon entry."""
    for phrases_by_place, either_side in ((_BEFORE, False), (_EITHER_SIDE, True)):
        for place, phrases in phrases_by_place.items():
            entry = Entry(Role.ORDER, place=place, either_side=either_side)
            yield from ((phrase, entry) for phrase in phrases_of(phrases))
    elsewhere = Entry(Role.ELSEWHERE)
    yield from ((phrase, elsewhere) for phrase in phrases_of(_ELSEWHERE))
    easy = (Meaning(Facet.DIFFICULTY, Difficulty.BEGINNER),)
    for phrase in phrases_of(_OR_BEGINNERS):
        yield phrase, Entry(Role.ORDER, easy, Place.FIRST)
