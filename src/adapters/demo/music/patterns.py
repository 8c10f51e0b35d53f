"""Patterns of each instrument for one bar of four beats: derecho, majao, mambo and variants."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Hit:
    """A percussion stroke on a beat of the bar (0 is the first); velocity from 0 to 1."""

    beat: float
    stroke: str
    velocity: float


@dataclass(frozen=True, slots=True)
class BassNote:
    """A bass note by its degree: `root`, `fifth`, `octave`, or `approach` to the next root."""

    beat: float
    beats: float
    degree: str
    velocity: float


@dataclass(frozen=True, slots=True)
class Strum:
    """Strings of the segunda, struck in the given order: 0 to 3 rising, or THUMB for the root."""

    beat: float
    beats: float
    strings: tuple[int, ...]
    velocity: float


@dataclass(frozen=True, slots=True)
class Groove:
    """One bar of the whole band below the melody."""

    drum: tuple[Hit, ...] = ()
    guira: tuple[Hit, ...] = ()
    bass: tuple[BassNote, ...] = ()
    segunda: tuple[Strum, ...] = ()
    doubled: bool = False
    """True if a second requinto plays the melody in thirds and sixths below."""


def _every_beat(*hits: Hit) -> tuple[Hit, ...]:
    return tuple(replace(hit, beat=beat + hit.beat) for beat in range(4) for hit in hits)


def _arpeggio(velocity: float, *strings: int) -> tuple[Strum, ...]:
    """Eighth notes, one string each, that ring over the following notes."""
    accents = (1.0, 0.7, 0.85, 0.7, 0.85, 0.7, 1.0, 0.75)
    return tuple(
        Strum(eighth / 2, 1.5, (string,), velocity * accent)
        for eighth, (string, accent) in enumerate(zip(strings, accents, strict=True))
    )


THUMB = 4
DOWN = (0, 1, 2, 3)
UP = (3, 2, 1)

# The martillo: the small drum in eighths, the large one answers on the four.
MARTILLO = (
    Hit(0, "macho", 0.85),
    Hit(0.5, "finger", 0.3),
    Hit(1, "macho", 0.55),
    Hit(1.5, "finger", 0.3),
    Hit(2, "macho", 0.7),
    Hit(2.5, "finger", 0.3),
    Hit(3, "hembra", 1.0),
    Hit(3.5, "finger", 0.4),
)
MAJAO_DRUM = (
    Hit(0, "macho", 0.95),
    Hit(0.5, "finger", 0.4),
    Hit(1, "macho", 0.6),
    Hit(1.5, "macho", 0.65),
    Hit(2, "macho", 0.8),
    Hit(2.5, "finger", 0.4),
    Hit(3, "hembra", 1.0),
    Hit(3.5, "hembra", 0.55),
)
CAMPANA = (
    Hit(0, "mouth", 1.0),
    Hit(1, "mouth", 0.7),
    Hit(1.5, "neck", 0.5),
    Hit(2, "mouth", 0.85),
    Hit(2.5, "neck", 0.45),
    Hit(3, "mouth", 0.75),
    Hit(3.5, "neck", 0.5),
)

LONG_SHORT_SHORT = _every_beat(
    Hit(0, "long", 0.9), Hit(0.5, "short", 0.5), Hit(0.75, "short", 0.45)
)
DOUBLE_TIME = _every_beat(
    Hit(0, "long", 1.0),
    Hit(0.25, "short", 0.45),
    Hit(0.5, "short", 0.75),
    Hit(0.75, "short", 0.5),
)

DERECHO_BASS = (
    BassNote(0, 1.9, "root", 1.0),
    BassNote(2, 0.9, "fifth", 0.7),
    BassNote(3, 0.9, "root", 0.8),
)
MAJAO_BASS = (
    BassNote(0, 1.4, "root", 1.0),
    BassNote(1.5, 0.45, "root", 0.5),
    BassNote(2, 0.9, "fifth", 0.75),
    BassNote(3, 0.9, "approach", 0.8),
)
MAMBO_BASS = (
    BassNote(0, 0.9, "root", 1.0),
    BassNote(1.5, 0.45, "octave", 0.65),
    BassNote(2, 0.9, "fifth", 0.85),
    BassNote(3, 0.45, "root", 0.8),
    BassNote(3.5, 0.45, "approach", 0.7),
)

MAJAO_STRUM = (
    Strum(0, 0.9, DOWN, 0.9),
    Strum(1, 0.4, DOWN, 0.6),
    Strum(1.5, 0.4, UP, 0.5),
    Strum(2, 0.9, DOWN, 0.75),
    Strum(3, 0.4, DOWN, 0.95),
    Strum(3.5, 0.45, UP, 0.6),
)
MAMBO_STRUM = (
    Strum(0, 0.45, DOWN, 1.0),
    Strum(0.5, 0.35, UP, 0.4),
    Strum(1, 0.35, DOWN, 0.75),
    Strum(1.5, 0.45, UP, 0.65),
    Strum(2, 0.35, DOWN, 0.8),
    Strum(2.5, 0.35, UP, 0.45),
    Strum(3, 0.35, DOWN, 1.0),
    Strum(3.5, 0.45, UP, 0.5),
)

INTRO = Groove(
    drum=(Hit(0, "finger", 0.6), Hit(2, "finger", 0.5), Hit(3, "hembra", 0.5)),
    guira=(Hit(0, "short", 0.4), Hit(1, "short", 0.3), Hit(2, "short", 0.35), Hit(3, "short", 0.3)),
    segunda=(
        Strum(0, 3.8, (THUMB,), 1.5),
        Strum(2, 1.8, (THUMB,), 1.1),
        *_arpeggio(1.15, 0, 1, 2, 3, 2, 1, 2, 1),
    ),
)
DERECHO = Groove(
    drum=MARTILLO,
    guira=LONG_SHORT_SHORT,
    bass=DERECHO_BASS,
    segunda=_arpeggio(1.0, 0, 2, 1, 3, 2, 1, 3, 2),
)
MAJAO = Groove(
    drum=MAJAO_DRUM,
    guira=LONG_SHORT_SHORT,
    bass=MAJAO_BASS,
    segunda=MAJAO_STRUM,
    doubled=True,
)
MAMBO = Groove(
    drum=CAMPANA,
    guira=DOUBLE_TIME,
    bass=MAMBO_BASS,
    segunda=MAMBO_STRUM,
    doubled=True,
)
OUTRO = replace(DERECHO, segunda=_arpeggio(1.0, 0, 1, 2, 3, 2, 1, 2, 1))

# Three strokes of the whole band on five, six and seven; the last one rings.
TAG = Groove(
    drum=(Hit(0, "macho", 0.8), Hit(1, "macho", 0.8), Hit(2, "hembra", 1.0)),
    guira=(Hit(0, "long", 0.8), Hit(1, "long", 0.8), Hit(2, "long", 1.0)),
    bass=(
        BassNote(0, 0.8, "root", 0.9),
        BassNote(1, 0.8, "fifth", 0.8),
        BassNote(2, 6, "root", 1.0),
    ),
    segunda=(Strum(0, 0.8, DOWN, 0.8), Strum(1, 0.8, DOWN, 0.8), Strum(2, 6, DOWN, 1.0)),
)

# The second bar of an eight-count answers the first: the arpeggio is reversed and the drum leads
# into the next bar.
LEAN = Hit(3.75, "hembra", 0.5)

GROOVES = {
    "intro": (INTRO, INTRO),
    "verse": (
        DERECHO,
        replace(DERECHO, drum=(*MARTILLO, LEAN), segunda=_arpeggio(1.0, 0, 1, 3, 2, 3, 1, 2, 1)),
    ),
    "chorus": (MAJAO, replace(MAJAO, drum=(*MAJAO_DRUM, LEAN))),
    "mambo": (MAMBO, replace(MAMBO, drum=(*CAMPANA, Hit(3, "hembra", 0.8), LEAN))),
    "outro": (OUTRO, OUTRO),
}
"""Both bars of an eight-count, by the name of the section."""

ROLL = (
    Hit(2, "macho", 0.6),
    Hit(2.25, "finger", 0.45),
    Hit(2.5, "macho", 0.6),
    Hit(2.75, "macho", 0.65),
    Hit(3, "hembra", 0.9),
    Hit(3.25, "macho", 0.6),
    Hit(3.5, "hembra", 0.8),
    Hit(3.75, "hembra", 0.85),
)
"""The bongó's fill at the end of a section, on beats three and four."""


def with_fill(groove: Groove) -> Groove:
    """Return the bar for the end of a section: the drum plays a fill in its second half."""
    drums = tuple(hit for hit in groove.drum if hit.beat < 2)
    # The next chord belongs to another part, so the bass does not lead to it.
    bass = tuple(
        replace(note, degree="fifth") if note.degree == "approach" else note for note in groove.bass
    )
    return replace(groove, drum=drums + ROLL, bass=bass)
