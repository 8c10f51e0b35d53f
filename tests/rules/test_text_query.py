"""The rules that interpret descriptions in English and Spanish."""

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.blueprint.model import Difficulty
from domain.library.moves import Energy, Move, Style
from domain.library.songs import Song
from domain.planning.query_fit import choose_song, fit
from domain.text_query.figures import FIGURES
from domain.text_query.meanings import FAST, MEDIUM, SLOW, Role, TempoRange
from domain.text_query.quantities import LONGEST, SHORTEST
from domain.text_query.spelling import Vocabulary, allowance, slips
from domain.text_query.terms import lexicon
from domain.text_query.tokens import MOST_CHARACTERS, fold
from domain.text_query.words import Asked, read

EASY, MIDDLING, HARD = Difficulty
LOW, MIDDLE, HIGH = Energy
ROMANTIC, SENSUAL, PLAYFUL, ENERGETIC = Style


def song(song_id: str, title: str, artist: str, tempo: float | None = None) -> Song:
    return Song(
        id=song_id, title=title, artist=artist, audio_path="songs/a", duration=120, tempo=tempo
    )


SONGS = (
    song("carta", "Carta de abril", "La Banda de la Casa", 118),
    song("luna", "Luna de humo", "La Banda de la Casa", 125),
    song("zapatos", "Zapatos nuevos", "Los Vecinos", 133),
    song("promesa", "Promesa inocente", "Ramiro Salas", 128),
    song("mia", "Eres mía", "Ramiro Salas", 121),
    song("slow", "Slow", "The Quiet Ones"),
    song("sensual", "Bachata sensual", "DJ Equis"),
)
LABELS = ("ladyturn", "sombrero", "style", "cross_body_lead")


def tempo(slowest: float, fastest: float) -> dict[str, Any]:
    return {"tempo": TempoRange(slowest, fastest)}


def bare(request: Asked, **changes: Any) -> Asked:
    """Return the request without the words it came from."""
    return msgspec.structs.replace(request, understood=(), **changes)


ENGLISH: dict[str, dict[str, Any]] = {
    "a romantic dance for beginners": {"style": ROMANTIC, "difficulty": EASY},
    "SENSUAL!!!": {"style": SENSUAL},
    "something fun and easy": {"style": PLAYFUL, "difficulty": EASY},
    "an energetic routine": {"style": ENERGETIC, "energy_level": HIGH},
    "energetic but with low energy": {"style": ENERGETIC, "energy_level": LOW},
    "low-energy, intermediate": {"energy_level": LOW, "difficulty": MIDDLING},
    "high energy please": {"energy_level": HIGH},
    "medium energy": {"energy_level": MIDDLE},
    "full of energy": {"energy_level": HIGH},
    "calm and tender": {"energy_level": LOW, "style": ROMANTIC},
    "a party dance": {"style": ENERGETIC, "energy_level": HIGH},
    "advanced level": {"difficulty": HARD},
    "low level": {"difficulty": EASY},
    "from beginner to intermediate": {"difficulty": MIDDLING},
    "it is our first class": {"difficulty": EASY},
    "never danced": {"difficulty": EASY},
    "nothing too hard": {"difficulty": MIDDLING},
    "not too difficult, but not easy": {"difficulty": MIDDLING},
    "not for beginners": {"difficulty": MIDDLING},
    "no intermediate moves": {"difficulty": EASY},
    "easy, no advanced moves": {"difficulty": EASY},
    "slow": {"tempo": SLOW},
    "a fast song": {"tempo": FAST},
    "medium tempo": {"tempo": MEDIUM},
    "not too fast": tempo(30, FAST.slowest),
    "don't make it so fast": tempo(30, FAST.slowest),
    "not slow": tempo(SLOW.fastest, 300),
    "neither slow nor sensual": {**tempo(SLOW.fastest, 300), "unwanted_styles": (SENSUAL,)},
    "125 bpm": tempo(123, 127),
    "120-130bpm": tempo(120, 130),
    "between 120 and 130 BPM": tempo(120, 130),
    "at least 126 bpm": tempo(126, 300),
    "under 120 beats per minute": tempo(30, 120),
    "a tempo of about 124": tempo(119, 129),
    "one hundred and twenty beats per minute": tempo(118, 122),
    "two minutes": {"seconds": 120.0},
    "a minute and a half": {"seconds": 90.0},
    "two and a half minutes": {"seconds": 150.0},
    "1:30": {"seconds": 90.0},
    "1m30s": {"seconds": 90.0},
    "90s": {"seconds": 90.0},
    "2.5 minutes": {"seconds": 150.0},
    "half a minute": {"seconds": 30.0},
    "a forty five second clip": {"seconds": 45.0},
    "half an hour": {"seconds": LONGEST},
    "no more than 2 minutes": {"seconds": 120.0},
    "a short dance": {"seconds": 60.0},
    "wait a second": {"not_understood": ("wait",)},
    "lots of turns": {"figures": ("turn",)},
    "dips, body waves and footwork": {"figures": ("dip", "bodywave", "footwork")},
    "head rolls or hip rolls": {"figures": ("headroll", "hiproll")},
    "a sombrero and a lady turn": {"figures": ("sombrero", "ladyturn")},
    "cross-body leads": {"figures": ("crossbody",)},
    "in a romantic style": {"style": ROMANTIC},
    "no dips": {"unwanted": ("dip",)},
    "no dips, spins or body waves": {"unwanted": ("dip", "turn", "bodywave")},
    "no dips but lots of turns": {"unwanted": ("dip",), "figures": ("turn",)},
    "no dips. Turns!": {"unwanted": ("dip",), "figures": ("turn",)},
    "no dips, sensual": {"unwanted": ("dip",), "style": SENSUAL},
    "without anything sensual": {"unwanted_styles": (SENSUAL,)},
    "No, I want something playful": {"style": PLAYFUL},
    "fewer turns, less energy": {"unwanted": ("turn",), "energy_level": LOW},
    "not high energy": {"energy_level": MIDDLE},
    "i love turns": {"figures": ("turn",)},
    "sensual and romantic": {"style": SENSUAL, "not_understood": ("romantic",)},
    "on the moon, with robots": {"not_understood": ("moon", "robots")},
    "sensul and romntic": {"style": SENSUAL, "not_understood": ("romntic",)},
    "dance to Luna de humo": {"song_id": "luna"},
    "luna de umo, for experts": {"song_id": "luna", "difficulty": HARD},
    'to "Zapatos"': {"song_id": "zapatos"},
    "promesa inocente by Ramiro Salas": {"song_id": "promesa"},
    "something by Ramiro": {"artist": "Ramiro Salas"},
    "something slow by Los Vecinos": {"song_id": "zapatos", "tempo": SLOW},
    "slow bachata": {"tempo": SLOW},
    "the song Slow": {"song_id": "slow"},
    "bachata sensual for beginners": {"style": SENSUAL, "difficulty": EASY},
    'the song "bachata sensual"': {"song_id": "sensual"},
}

SPANISH: dict[str, dict[str, Any]] = {
    "una coreografía romántica para principiantes": {"style": ROMANTIC, "difficulty": EASY},
    "una coreografia romantica": {"style": ROMANTIC},
    "ALGO SENSUAL": {"style": SENSUAL},
    "divertida y fácil": {"style": PLAYFUL, "difficulty": EASY},
    "con mucha energía": {"energy_level": HIGH},
    "poca energía, por favor": {"energy_level": LOW},
    "energía media": {"energy_level": MIDDLE},
    "algo tranquilo y tierno": {"energy_level": LOW, "style": ROMANTIC},
    "para una boda": {"style": ROMANTIC},
    "nivel intermedio": {"difficulty": MIDDLING},
    "nivel básico": {"difficulty": EASY},
    "avanzado": {"difficulty": HARD},
    "nada difícil": {"difficulty": MIDDLING},
    "que no sea fácil": {"difficulty": MIDDLING},
    "es nuestra primera clase": {"difficulty": EASY},
    "lenta": {"tempo": SLOW},
    "algo rápido": {"tempo": FAST},
    "no muy rápido": tempo(30, FAST.slowest),
    "velocidad alta": {"tempo": FAST},
    "entre 118 y 122 pulsaciones por minuto": tempo(118, 122),
    "ciento veinte pulsaciones por minuto": tempo(118, 122),
    "no más de 120 bpm": tempo(30, 120),
    "tempo de 120 a 125": tempo(120, 125),
    "90 segundos": {"seconds": 90.0},
    "dos minutos": {"seconds": 120.0},
    "minuto y medio": {"seconds": 90.0},
    "dos minutos y medio": {"seconds": 150.0},
    "un minuto y veinte segundos": {"seconds": 80.0},
    "2,5 minutos": {"seconds": 150.0},
    "medio minuto": {"seconds": 30.0},
    "media hora": {"seconds": LONGEST},
    "veinticinco segundos": {"seconds": 25.0},
    "menos de tres minutos": {"seconds": 180.0},
    "muchas vueltas y pasos": {"figures": ("turn", "footwork")},
    "ondas y giros de cabeza": {"figures": ("bodywave", "headroll")},
    "vueltas de la chica": {"figures": ("ladyturn",)},
    "pasos básicos": {"figures": ("basic",)},
    "pasos fáciles": {"difficulty": EASY},
    "sin vueltas": {"unwanted": ("turn",)},
    "sin vueltas ni ondas, lenta": {"unwanted": ("turn", "bodywave"), "tempo": SLOW},
    "no quiero que haya caídas": {"unwanted": ("dip",)},
    "sin caídas pero con golpes": {"unwanted": ("dip",), "figures": ("golpe",)},
    "nada sensual": {"unwanted_styles": (SENSUAL,)},
    "menos energía": {"energy_level": LOW},
    "No, algo romántico": {"style": ROMANTIC},
    "con zapatos nuebos": {"song_id": "zapatos"},
    "la canción «carta de avril»": {"song_id": "carta"},
    "algo de Ramiro Salas, rápido": {"artist": "Ramiro Salas", "tempo": FAST},
    "eres mia": {"song_id": "mia"},
    "pormesa inosente": {"song_id": "promesa"},
}


@pytest.mark.parametrize(("text", "fields"), [*ENGLISH.items(), *SPANISH.items()])
def test_a_description_asks_for_this_and_nothing_else(text: str, fields: dict[str, Any]) -> None:
    assert bare(read(text, SONGS, LABELS)) == Asked(**fields)


@pytest.mark.parametrize("text", [*ENGLISH, *SPANISH])
def test_capitals_accents_and_stray_blanks_change_nothing(text: str) -> None:
    shouted, quiet = (read(each, SONGS, LABELS) for each in (f"  {text.upper()}  ", text))
    assert [fold(x) for x in shouted.not_understood] == [fold(x) for x in quiet.not_understood]
    assert bare(shouted, not_understood=()) == bare(quiet, not_understood=())


def test_every_word_of_the_lexicon_is_understood() -> None:
    terms = [" ".join(words) for words, entry in lexicon().items() if entry.role is Role.TERM]
    assert [each for each in terms if read(each) == Asked()] == []


texts = st.text() | st.lists(
    st.sampled_from(sorted({word for each in (*ENGLISH, *SPANISH) for word in each.split()}))
).map(" ".join)


@given(texts)
def test_any_text_is_taken_and_asks_only_for_what_there_is(text: str) -> None:
    request = read(text, SONGS, LABELS)
    assert request.song_id in {None, *(each.id for each in SONGS)}
    assert request.artist in {None, *(each.artist for each in SONGS)}
    assert {*request.figures, *request.unwanted} <= {*FIGURES, *LABELS}
    assert not set(request.figures) & set(request.unwanted)
    assert request.seconds is None or SHORTEST <= request.seconds <= LONGEST
    assert request.tempo is None or request.tempo.slowest <= request.tempo.fastest
    assert msgspec.json.decode(msgspec.json.encode(request), type=Asked) == request


@given(texts)
def test_the_same_text_asks_for_the_same(text: str) -> None:
    assert read(text, SONGS, LABELS) == read(text, tuple(reversed(SONGS)), LABELS)


@given(texts)
def test_the_first_two_thousand_characters_are_looked_at(text: str) -> None:
    start = text.ljust(MOST_CHARACTERS)
    assert read(start + " no turns, advanced", SONGS) == read(start, SONGS)


@settings(max_examples=100)
@given(st.sampled_from(SONGS[:5]), st.data())
def test_a_title_is_recognised_with_a_slip_in_one_of_its_long_words(
    target: Song, data: st.DataObject
) -> None:
    words = target.title.split()
    at = max(range(len(words)), key=lambda index: len(words[index]))
    letter = data.draw(st.integers(1, len(words[at]) - 1))
    other = data.draw(st.sampled_from("xkw"))
    slip = data.draw(st.sampled_from([other, "", other + words[at][letter]]))
    words[at] = words[at][:letter] + slip + words[at][letter + 1 :]
    assert read(f'the song "{" ".join(words)}"', SONGS).song_id == target.id


@given(st.text("abcde", max_size=9), st.text("abcde", max_size=9))
def test_slips_count_the_same_from_either_side(one: str, other: str) -> None:
    assert slips(one, other) == slips(other, one)
    assert (slips(one, other) == 0) is (one == other)
    assert abs(len(one) - len(other)) <= slips(one, other) <= max(len(one), len(other))


@given(st.lists(st.text("abc", min_size=1, max_size=9)), st.text("abc", min_size=1, max_size=9))
def test_the_vocabulary_finds_every_word_within_its_allowance(
    words: list[str], written: str
) -> None:
    near = {word: slips(written, word) for word in words}
    expected = {word: count for word, count in near.items() if count <= allowance(word)}
    assert Vocabulary(words).near(written) == expected


def move(label: str, name: str, style: Style = Style.PLAYFUL) -> Move:
    return Move(
        id="a",
        name=name,
        label=label,
        video_path="clips/a.mp4",
        difficulty=Difficulty.BEGINNER,
        energy_level=Energy.LOW,
        style=style,
        duration=8,
        tempo=120,
    )


@pytest.mark.parametrize(
    ("text", "label", "name", "suits"),
    [
        ("turns", "ladyturn", "Lady's left turn", 1.0),
        ("vueltas", "spin", "Double", 1.0),
        ("turns", "basic", "Side basic", 0.5),
        ("no turns", "cross_body_lead", "Cross body lead with turn", 0.0),
        ("no turns", "basic", "Side basic", 1.0),
        ("turns, no dips", "style", "Turn into a dip", 0.0),
        ("dips", "style", "Side dip", 1.0),
        ("dips", "style", "Serendipity", 0.5),
        ("ondas", "bodywaves", "Shoulders", 1.0),
        ("lady turns", "ladyturn", "Slow one", 1.0),
        ("lady turns", "spin", "Leader's turn", 0.5),
        ("cross body leads", "cross_body_lead", "Across", 1.0),
        ("a sombrero", "sombrero", "Hat", 1.0),
        ("a sombrero", "spin", "Sombrero and out", 1.0),
        ("nothing sensual", "basic", "Side basic", 1.0),
        ("romantic", "basic", "Side basic", 1.0),
    ],
)
def test_a_move_suits_the_words(text: str, label: str, name: str, suits: float) -> None:
    assert fit(read(text, (), ["sombrero"]), move(label, name)) == suits


def test_a_move_of_a_style_that_is_refused_does_not_suit() -> None:
    assert fit(read("nothing sensual"), move("basic", "Basic", Style.SENSUAL)) == 0


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ("luna de humo, fast", "luna"),
        ("slow", "carta"),
        ("fast", "zapatos"),
        ("high energy", "zapatos"),
        ("low energy", "carta"),
        ("around 126 bpm", "luna"),
        ("something fast by Ramiro Salas", "promesa"),
        ("something slow by Ramiro Salas", "mia"),
        ("dips", "carta"),
    ],
)
def test_the_song_is_the_named_one_or_the_one_that_suits(text: str, chosen: str) -> None:
    assert choose_song(read(text, SONGS), SONGS) == chosen
    assert choose_song(read(text, SONGS), SONGS[::-1]) == chosen


def test_a_song_lasts_as_long_as_the_dance_if_one_does() -> None:
    long = msgspec.structs.replace(SONGS[1], id="z", duration=300)
    assert choose_song(read("four minutes"), (*SONGS, long)) == "z"


def test_of_no_songs_none_is_chosen() -> None:
    assert choose_song(read("anything"), ()) is None
