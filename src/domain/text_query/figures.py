"""The figures of bachata: their names among dancers, and the labels of matching moves."""

from typing import Final

import msgspec

from domain.text_query.tokens import split


class Figure(msgspec.Struct, frozen=True):
    """A kind of figure."""

    called: str
    """Its names, separated by commas; "@" stands for o, a, os and as."""
    label_parts: tuple[str, ...]
    """Substrings of the labels and names of matching moves."""


FIGURES: Final = {
    "turn": Figure(
        "turn, turns, turning, spin, spins, spinning, double turn, double turns, pirouette,"
        "pirouettes, vuelta, vueltas, vueltecita, vueltecitas, giro, giros, girar,"
        "gira, giran, giren, girando",
        ("turn", "spin"),
    ),
    "ladyturn": Figure(
        "lady turn, lady turns, ladys turn, ladys turns, ladies turn, ladies turns, ladyturn,"
        "ladyturns, follower turn, follower turns, followers turn, vuelta de la mujer,"
        "vueltas de la mujer, vuelta de la chica, vueltas de la chica, vuelta de la dama,"
        "vueltas de la dama, vueltas para ella",
        ("ladyturn", "lady turn", "ladys left turn", "ladys right turn"),
    ),
    "dip": Figure(
        "dip, dips, dipping, caida, caidas, cambre, cambres, quebrada, quebradas,desmayo, desmayos",
        (" dip", " cambre"),
    ),
    "bodywave": Figure(
        "body wave, body waves, bodywave, bodywaves, body roll, body rolls, bodyroll, bodyrolls,"
        "wave, waves, onda, ondas, ondulacion, ondulaciones, ola, olas, ondas de cuerpo,"
        "ondas corporales, onda corporal, body movement, body movements",
        ("wave", "body roll", "bodyroll"),
    ),
    "hiproll": Figure(
        "hip, hips, hip roll, hip rolls, hiproll, hiprolls, hip circle, hip circles,"
        "hip movement, hip movements, cadera, caderas, caderazo, caderazos,"
        "movimiento de cadera, movimientos de cadera, movimiento de caderas",
        (" hip",),
    ),
    "headroll": Figure(
        "head, head roll, head rolls, headroll, headrolls, head movement, head movements,"
        "cabeza, cabezas, giro de cabeza, giros de cabeza, movimiento de cabeza,"
        "movimientos de cabeza, vuelta de cabeza, vueltas de cabeza",
        (" head",),
    ),
    "footwork": Figure(
        "footwork, foot work, fancy feet, feet, fancy steps, syncopation, syncopations,"
        "pasos, pisadas, juego de pies, juegos de pies, juego de piernas, trabajo de pies,"
        "zapateo, zapateos, zapateado, sincopa, sincopas",
        ("footwork", "syncop"),
    ),
    "basic": Figure(
        "basic, basics, basic step, basic steps, basic@, paso basic@, pasos basicos, box step",
        ("basic", "box step"),
    ),
    "bolero": Figure("bolero, boleros", ("bolero",)),
    "shadow": Figure(
        "shadow, shadows, shadow position, shadow positions, sombra, sombras, posicion sombra,"
        "posicion de sombra",
        ("shadow",),
    ),
    "hammerlock": Figure("hammerlock, hammerlocks, hammer lock, hammer locks", ("hammerlock",)),
    "golpe": Figure("golpe, golpes, body hits, hits", ("golpe",)),
    "styling": Figure(
        "styling, arm styling, arms, hand styling, hands, lady styling, estilismo, estilismos,"
        "adorno, adornos, brazos, manos, brazo",
        ("styling", " arm"),
    ),
    "crossbody": Figure(
        "cross body, cross body lead, cross body leads, crossbody, crossbodies, cruzad@, cbl",
        ("cross body",),
    ),
}


def is_called(figure: str, label: str, name: str) -> bool:
    """Return True if a move with this label and name is such a figure; a label is a figure too."""
    if not (own := " ".join(split(figure))):
        return False
    words = f" {' '.join(split(label))} {' '.join(split(name))} "
    entry = FIGURES.get(figure)
    return any(part in words for part in (entry.label_parts if entry else (f" {own} ",)))
