"""Beginnings of words that tell a mood, by language; without accents, in lower case."""

from collections.abc import Mapping
from typing import Final

STEMS: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "en": {
        "joyful": (
            *("joy", "happ", "laugh", "smil", "celebrat", "party", "parti", "fun", "cheer"),
            *("delight", "sunn", "birthday", "festiv", "play", "welcome", "bright", "sing"),
        ),
        "energetic": (
            *("fast", "energ", "run", "jump", "danc", "power", "strong", "race", "rac", "speed"),
            *("fire", "burn", "rhythm", "drum", "wild", "win", "fight", "storm", "explod", "crowd"),
        ),
        "romantic": (
            *("love", "lover", "romanc", "romant", "kiss", "heart", "embrac", "tender", "passion"),
            *("couple", "rose", "sweet", "beloved", "hug", "darling", "wedding", "sensual"),
        ),
        "melancholic": (
            *("sad", "tear", "cry", "cries", "cried", "lonel", "alone", "lost", "loss", "grief"),
            *("goodbye", "farewell", "rain", "miss", "memor", "broken", "sorrow", "nostalg", "die"),
        ),
        "serious": (
            *("war", "danger", "warn", "crisis", "death", "fear", "night", "dark", "secret"),
            *("histor", "law", "myster", "shadow", "risk", "problem", "threat", "silence", "truth"),
        ),
    },
    "es": {
        "joyful": (
            *("alegr", "feliz", "felic", "risa", "rie", "sonri", "celebr", "fiesta", "divert"),
            *("jueg", "juga", "bienven", "cumple", "sol", "contento", "contenta", "gozo", "goza"),
            *("cant", "brill"),
        ),
        "energetic": (
            *("rapid", "energ", "corr", "salt", "bail", "fuerza", "fuert", "veloc", "fuego"),
            *("ritmo", "tambor", "ganar", "gana", "lucha", "tormenta", "potenc", "multitud"),
        ),
        "romantic": (
            *("amor", "amad", "amant", "enamor", "romant", "romanc", "beso", "besa", "corazon"),
            *("abraz", "tern", "pasion", "pareja", "rosa", "dulc", "boda", "carin"),
            *("sensual", "querid"),
        ),
        "melancholic": (
            *("trist", "lagrim", "llor", "soledad", "perdi", "adios", "despedid"),
            *("lluvi", "extran", "recuerd", "nostalg", "rota", "roto", "dolor", "pena"),
            *("anor", "murio"),
        ),
        "serious": (
            *("guerra", "peligr", "crisis", "muert", "mied", "noche", "oscur", "secret", "histori"),
            *("ley", "mister", "sombra", "riesg", "problem", "amenaz", "silenci", "verdad"),
        ),
    },
    "pt": {
        "joyful": (
            *("alegr", "feliz", "felic", "riso", "ri", "sorri", "celebr", "festa", "divert"),
            *("brinc", "jog", "bem-vind", "aniversari", "sol", "content", "cant", "brilh"),
        ),
        "energetic": (
            *("rapid", "energ", "corr", "salt", "pul", "danc", "bail", "forca", "fort", "veloc"),
            *(
                "fogo",
                "ritmo",
                "tambor",
                "ganh",
                "luta",
                "lutar",
                "tempestad",
                "potenc",
                "multidao",
            ),
        ),
        "romantic": (
            *("amor", "amad", "amant", "apaixon", "romant", "romanc", "beij", "coracao", "abrac"),
            *("tern", "paixao", "casal", "rosa", "doce", "casament", "carinh", "sensual", "querid"),
        ),
        "melancholic": (
            *("trist", "lagrim", "chor", "sozinh", "solidao", "perd", "adeus", "despedid"),
            *("chuv", "saudad", "lembranc", "nostalg", "quebrad", "dor", "pena", "morreu"),
        ),
        "serious": (
            *("guerra", "perig", "crise", "morte", "med", "noite", "escur", "segred", "histori"),
            *("lei", "misteri", "sombra", "risco", "problem", "ameac", "silenci", "verdad"),
        ),
    },
}
"""A stem of up to three letters is the whole word; longer ones begin words."""
