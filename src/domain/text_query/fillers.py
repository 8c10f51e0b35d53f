"""Words without a meaning for a dance, and words that negate or restore the words after them."""

from typing import Final

FILLERS: Final = (
    # English
    "a, an, the, i, im, id, ive, me, my, mine, we, us, our, you, your, it, its, this, that, these,"
    "those, there, some, any, something, anything, one, thing, things, and, or, of, to, in, on, at,"
    "for, from, by, as, is, are, be, being, was, do, does, have, has, had, can, could, will, would,"
    "should, may, want, wants, wanted, need, needs, like, love to, i love, we love, would love,"
    "id love, please, thanks, thank, hello, hi,"
    "hey, give, make, create, generate, build, plan, show, let, lets, get, find, put, use, play,"
    "add, include, including, dance, dances, dancing, dancer, dancers, danced, choreography,"
    "choreographies, choreo, routine, routines, sequence, video, clip, song, songs, music, track,"
    "tune, move, moves, movement, movements, figure, figures, step, steps, bachata, style, styles,"
    "mood, vibe, vibes, feel, feeling, kind, sort, type, bit, very, really, quite, so, too, super,"
    "pretty, rather, just, also, maybe, perhaps, extra, all, whole, full, entire, whole song,"
    "full song, entire song, couple, couples, partner, person, people, student, students, class,"
    "lesson, good, nice, great, best, beautiful, cool, possible, around, about, long, lasting,"
    "length, minute, minutes, second, seconds, called, titled, named, artist, singer, band, group,"
    "no problem, no matter, why not, not only, not just, as well, how about, today, tonight, night,"
    "evening, over, under, up, out, through, throughout, where, which, who, what, when, while, if,"
    "than, keep, go, going, am, they, them, their, he, she, his, her, enough, ones, each,"
    "every, other, lead, leads, leader, leaders, follow, follower, followers, man, woman, lady,"
    "ladies, body, ever, know, sure, bachatas, stay, stays, feels, sounds, look, looks, think,"
    # Spanish
    "un, una, uno, unos, unas, el, la, los, las, lo, le, les, de, del, al, y, e, o, u, que, en,"
    "con el, por, para, por favor, favor, a, yo, me, mi, mis, tu, su, sus, se, te, nos, nosotros,"
    "es, sea, sean, ser, son, esta, este, esto, estos, estas, ese, esa, eso, hay, haya, tenga,"
    "tengan, tiene, quiero, queremos, quisiera, querria, quieres, necesito, necesitamos, dame, haz,"
    "hazme, hagas, hacer, haga, crea, creame, me encanta, me encantan,"
    "encantaria, genera, generame, pon, ponme, pongas, muestra, busca,"
    "buscame, usa, gustaria, gusta, baile, bailes, bailar, bailando, bailarin, bailarines,"
    "bailarina, coreografia, coreografias, coreo, rutina, secuencia, cancion, canciones, tema,"
    "temas, musica, figura, figuras, paso, movimiento, movimientos, estilo, ambiente, tipo, algo,"
    "alguna, alguno, algunas, algunos, muy, bastante, demasiado, demasiada, demasiados, demasiadas,"
    "tan, tanto, tanta, tantos, tantas, super, un poco, poco, tambien, quizas, quizas algo, todo,"
    "toda, todos, todas, entera, completa, cancion entera, cancion completa, pareja, parejas,"
    "persona, personas, alumno, alumnos, clase, bonita, bonito, bueno, buena, gracias, hola,"
    "duracion, dure, dura, larga, largo, durante, minuto, minutos, segundo, segundos, llamada,"
    "llamado, titulada, titulado, artista, cantante, grupo, no importa, no solo, no solamente,"
    "noche, hoy, posible, cuerpo, mujer, chica, dama, hombre, chico, ella, cosa, cosas, unos pocos,"
    "como, donde, cuando, si, sobre, estar, este, nuestra, nuestro, videos, bailamos"
)

NEGATORS: Final = (
    "no, not, without, dont, doesnt, isnt, arent, shouldnt, wouldnt, never, avoid, avoiding, skip,"
    "skipping, except, excluding, exclude, minus, nothing, none, neither, nor, hate, dislike, less,"
    "fewer, leave out, remove, anything but, free of, sin, nada, ni, evita, evitar, evitando,"
    "excepto, salvo, quita, quitar, menos, tampoco, jamas, nunca, odio, nada de,"
    "ningun, ninguna, ninguno, zero, cero, cant, cannot, wont, not a single, not any, dont want,"
    "no quiero, no queremos"
)

RETURNS: Final = (
    "but, instead, only, lots, lots of, a lot of, plenty, plenty of, many, more, with, mostly,"
    "full, yes, pero, sino, solo, solamente, much@, mas, con, llen@, prefiero, sino que, llen@ de"
)
