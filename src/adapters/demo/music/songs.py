"""The three songs of the demo library, as chords and melodies.

A melody contains `note:beats`; `-` is a rest, `|` separates bars, `~` slides up into its note.
"""

from adapters.demo.music.score import DemoSong, Part, Section

HOUSE_BAND = "Bachata Buddy House Band"

CARTA_DE_ABRIL = DemoSong(
    slug="carta-de-abril",
    title="Carta de abril",
    artist=HOUSE_BAND,
    genre="bachata",
    tempo=120.0,
    key="A minor",
    form=(
        Section("intro", 2, 0.3),
        Section("verse", 4, 0.5),
        Section("chorus", 4, 0.75),
        Section("mambo", 4, 1.0),
        Section("chorus", 2, 0.8),
        Section("outro", 2, 0.4),
    ),
    parts=(
        Part(
            "intro",
            ("Am", "F", "Dm", "E7"),
            (
                "A4:.5 C5:.5 E5:.5 ~A5:1.5 G5:.5 E5:.5 | ~F5:1.5 E5:.5 C5:1 A4:1",
                "D5:.5 F5:.5 ~A5:1 G5:.5 F5:.5 E5:.5 D5:.5 | E5:1.5 D5:.5 B4:1 G#4:1",
            ),
        ),
        Part(
            "verse",
            ("Am", "F", "C", "G", "Am", "F", "Dm", "E7"),
            (
                "-:.5 E5:.5 E5:.5 D5:.5 ~C5:1 B4:.5 C5:.5 | A4:2.5 -:.5 A4:.5 B4:.5",
                "~C5:1 C5:.5 D5:.5 E5:1 D5:.5 C5:.5 | B4:2 G4:1 -:1",
                "-:.5 E5:.5 E5:.5 D5:.5 ~C5:1 E5:.5 G5:.5 | ~F5:1.5 E5:.5 C5:1 A4:.5 C5:.5",
                "D5:1 ~F5:1 E5:.5 D5:.5 C5:.5 D5:.5 | B4:1.5 C5:.5 B4:1 G#4:1",
            ),
        ),
        Part(
            "chorus",
            ("F", "G", "Em", "Am", "F", "G", "C", "E7"),
            (
                "~A5:1 G5:.5 F5:.5 A5:1 G5:.5 F5:.5 | ~G5:1.5 F5:.5 D5:1 E5:.5 F5:.5",
                "G5:1 F5:.5 E5:.5 B4:1 D5:1 | ~C5:1.5 B4:.5 A4:1 -:1",
                "~A5:1 G5:.5 F5:.5 A5:1 G5:.5 F5:.5 | ~B5:1.5 A5:.5 G5:1 D5:.5 E5:.5",
                "E5:1 ~G5:1 E5:.5 D5:.5 C5:1 | B4:1 D5:1 ~G#5:1 E5:1",
            ),
        ),
        Part(
            "mambo",
            ("Am", "G", "F", "E7"),
            (
                "A5:.5 E5:.25 A5:.25 C6:.5 A5:.5 E5:.5 A5:.5 C6:.5 A5:.5 | "
                "G5:.5 D5:.25 G5:.25 B5:.5 G5:.5 D5:.5 G5:.5 B5:.5 G5:.5",
                "F5:.5 C5:.25 F5:.25 A5:.5 F5:.5 C5:.5 F5:.5 A5:.5 F5:.5 | "
                "E5:.5 F5:.25 E5:.25 D5:.5 E5:.5 G#5:.5 B5:.5 E5:1",
                "C6:.5 B5:.25 A5:.25 E5:.5 ~A5:1 -:.5 A5:.25 B5:.25 C6:.5 | "
                "B5:.5 A5:.25 G5:.25 D5:.5 ~G5:1 -:.5 G5:.25 A5:.25 B5:.5",
                "A5:.5 G5:.25 F5:.25 C5:.5 ~F5:1 -:.5 F5:.25 G5:.25 A5:.5 | "
                "G#5:.5 E5:.5 B4:.5 D5:.5 ~E5:2",
            ),
        ),
        Part(
            "outro",
            ("Dm", "E7", "Am", "Am"),
            (
                "D5:.5 F5:.5 ~A5:1 G5:.5 F5:.5 E5:.5 D5:.5 | E5:1.5 D5:.5 B4:1 G#4:1",
                "A4:.5 C5:.5 E5:.5 ~A5:1.5 G5:.5 E5:.5 | C5:1 B4:1 A4:2",
            ),
        ),
    ),
)

LUNA_DE_HUMO = DemoSong(
    slug="luna-de-humo",
    title="Luna de humo",
    artist=HOUSE_BAND,
    genre="bachata",
    tempo=126.0,
    key="D minor",
    form=(
        Section("intro", 2, 0.25),
        Section("verse", 4, 0.45),
        Section("chorus", 4, 0.7),
        Section("mambo", 4, 0.95),
        Section("verse", 2, 0.5),
        Section("outro", 2, 0.35),
    ),
    parts=(
        Part(
            "intro",
            ("Dm7", "Bbmaj7", "Gm7", "A7"),
            (
                "~D5:1.5 A4:.5 C5:1 A4:1 | ~D5:1.5 C5:.5 F4:1 A4:1",
                "Bb4:1.5 D5:.5 ~F5:1 D5:1 | C#5:1.5 E5:.5 G5:.5 E5:.5 C#5:1",
            ),
        ),
        Part(
            "verse",
            ("Dm7", "Gm7", "C7", "Fmaj7", "Bbmaj7", "Gm7", "Em7b5", "A7"),
            (
                "-:1 A4:.5 D5:.5 ~F5:1.5 E5:.5 | D5:2 Bb4:.5 ~D5:1 -:.5",
                "-:1 G4:.5 C5:.5 ~E5:1.5 D5:.5 | C5:2 A4:.5 ~C5:1 -:.5",
                "-:1 F4:.5 Bb4:.5 ~D5:1.5 C5:.5 | Bb4:1 C5:.5 D5:.5 ~G5:1.5 F5:.5",
                "~E5:1.5 F5:.5 G5:1 F5:.5 E5:.5 | ~C#5:1.5 D5:.5 E5:1 A4:1",
            ),
        ),
        Part(
            "chorus",
            ("Bbmaj7", "C", "Am7", "Dm", "Gm7", "C7", "Fmaj7", "A7"),
            (
                "~F5:1.5 D5:.5 F5:1 A5:1 | ~G5:1.5 E5:.5 C5:1 E5:1",
                "~E5:1.5 C5:.5 E5:1 G5:1 | ~F5:2 E5:.5 D5:.5 -:1",
                "D5:1 G5:1 ~Bb5:1 A5:.5 G5:.5 | ~A5:1 G5:1 E5:1 C5:1",
                "~A5:1.5 G5:.5 F5:1 C5:1 | E5:1 C#5:1 G5:.5 F5:.5 E5:1",
            ),
        ),
        Part(
            "mambo",
            ("Dm", "C", "Bb", "A7"),
            (
                "D5:.75 F5:.75 ~A5:.5 -:.5 A5:.5 G5:.5 F5:.5 | "
                "E5:.75 G5:.75 ~C6:.5 -:.5 C6:.5 Bb5:.5 G5:.5",
                "D5:.75 F5:.75 ~Bb5:.5 -:.5 Bb5:.5 A5:.5 F5:.5 | "
                "A5:.5 G5:.25 F5:.25 E5:.5 C#5:.5 E5:.5 G5:.5 A5:1",
                "A5:.25 F5:.25 D5:.25 F5:.25 A5:.5 D6:.5 A5:.5 F5:.5 E5:.5 D5:.5 | "
                "G5:.25 E5:.25 C5:.25 E5:.25 G5:.5 C6:.5 G5:.5 E5:.5 D5:.5 C5:.5",
                "F5:.25 D5:.25 Bb4:.25 D5:.25 F5:.5 Bb5:.5 F5:.5 D5:.5 C5:.5 D5:.5 | "
                "C#5:.5 E5:.5 G5:.5 E5:.5 ~A5:2",
            ),
        ),
        Part(
            "outro",
            ("Bbmaj7", "A7", "Dm", "Dm"),
            (
                "~F5:1.5 D5:.5 F5:1 D5:1 | ~E5:1.5 C#5:.5 G5:1 E5:1",
                "~D5:1.5 A4:.5 C5:1 A4:1 | F5:1 E5:1 D5:2",
            ),
        ),
    ),
)

ZAPATOS_NUEVOS = DemoSong(
    slug="zapatos-nuevos",
    title="Zapatos nuevos",
    artist=HOUSE_BAND,
    genre="bachata",
    tempo=134.0,
    key="G major",
    form=(
        Section("intro", 2, 0.35),
        Section("verse", 4, 0.55),
        Section("chorus", 4, 0.8),
        Section("mambo", 4, 1.0),
        Section("chorus", 4, 0.85),
        Section("outro", 2, 0.5),
    ),
    parts=(
        Part(
            "intro",
            ("G", "C", "D7", "G"),
            (
                "B4:.5 D5:.5 G5:.5 D5:.5 ~B5:1 G5:1 | E5:.5 G5:.5 C6:.5 G5:.5 ~E5:1 C5:1",
                "D5:.5 F#5:.5 A5:.5 F#5:.5 ~C6:1 A5:1 | B5:.5 A5:.5 G5:.5 F#5:.5 ~G5:2",
            ),
        ),
        Part(
            "verse",
            ("G", "Em", "C", "D", "G", "Em", "Am", "D7"),
            (
                "B4:.5 B4:.5 ~D5:1 B4:.5 D5:.5 E5:1 | ~G5:1 E5:.5 D5:.5 B4:1 -:1",
                "C5:.5 C5:.5 ~E5:1 C5:.5 E5:.5 G5:1 | ~F#5:1 E5:.5 D5:.5 A4:1 -:1",
                "B4:.5 B4:.5 ~D5:1 B4:.5 D5:.5 G5:1 | ~B5:1 A5:.5 G5:.5 E5:1 -:1",
                "C5:.5 E5:.5 ~A5:1 G5:.5 E5:.5 C5:1 | D5:.5 E5:.5 F#5:.5 A5:.5 ~D5:1 -:1",
            ),
        ),
        Part(
            "chorus",
            ("C", "D", "Bm", "Em", "C", "D", "G", "D7"),
            (
                "E5:.5 G5:.5 -:.5 G5:.5 ~G5:.5 E5:.5 G5:1 | "
                "F#5:.5 A5:.5 -:.5 A5:.5 ~A5:.5 F#5:.5 A5:1",
                "~B5:1 A5:.5 F#5:.5 D5:1 F#5:1 | ~G5:1.5 F#5:.5 E5:1 -:1",
                "E5:.5 G5:.5 -:.5 G5:.5 ~G5:.5 E5:.5 G5:1 | "
                "F#5:.5 A5:.5 -:.5 A5:.5 ~A5:.5 F#5:.5 A5:1",
                "~B5:1 D6:.5 B5:.5 G5:1 D5:1 | F#5:.5 G5:.5 A5:.5 C6:.5 ~A5:1 D5:1",
            ),
        ),
        Part(
            "mambo",
            ("G", "C", "D", "C"),
            (
                "G5:.25 A5:.25 B5:.5 D6:.5 B5:.5 G5:.5 B5:.5 D6:.5 B5:.5 | "
                "G5:.25 A5:.25 C6:.5 E6:.5 C6:.5 G5:.5 C6:.5 E6:.5 C6:.5",
                "F#5:.25 G5:.25 A5:.5 D6:.5 A5:.5 F#5:.5 A5:.5 D6:.5 A5:.5 | "
                "E5:.25 F#5:.25 G5:.5 C6:.5 G5:.5 E5:.5 G5:.5 ~C6:1",
                "D6:.5 -:.25 D6:.25 B5:.5 G5:.5 B5:.25 A5:.25 G5:.5 D5:.5 G5:.5 | "
                "E6:.5 -:.25 E6:.25 C6:.5 G5:.5 C6:.25 B5:.25 G5:.5 E5:.5 G5:.5",
                "D6:.5 -:.25 D6:.25 A5:.5 F#5:.5 A5:.25 G5:.25 F#5:.5 D5:.5 F#5:.5 | "
                "E5:.5 G5:.5 C6:.5 G5:.5 E5:.5 D5:.5 C5:1",
            ),
        ),
        Part(
            "outro",
            ("C", "D7", "G", "G"),
            (
                "E5:.5 G5:.5 C6:.5 G5:.5 ~E5:1 G5:1 | F#5:.5 A5:.5 C6:.5 A5:.5 ~F#5:1 A5:1",
                "B5:.5 A5:.5 G5:.5 D5:.5 B4:1 D5:1 | B4:1 D5:1 G5:2",
            ),
        ),
    ),
)

SONGS: tuple[DemoSong, ...] = (CARTA_DE_ABRIL, LUNA_DE_HUMO, ZAPATOS_NUEVOS)
