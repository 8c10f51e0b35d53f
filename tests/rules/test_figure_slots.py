"""Figures are danced where and as often as was asked, or the dance says why not."""

from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.library.moves import INTRO, OUTRO, Move
from domain.library.songs import Analysis, Section
from domain.planning.figure_slots import Requested
from domain.planning.planner import LockedMove, Plan, Wish, plan
from domain.planning.query_fit import fit, requested
from domain.shared.result_warnings import WarningCode
from domain.text_query.figures import is_called
from domain.text_query.words import read
from tests.strategies.songs import filmed, played, songs_and_libraries
from tests.world.warned import messages

LABELS = ("spin", "dip", "basic", "bodywave", "footwork", "hammerlock")

texts = st.lists(
    st.sampled_from(
        [
            "start with a turn", "ending in a dip", "then body waves", "three turns", "no dips",
            "first a basic", "finally a hammerlock", "after the break footwork", "only one dip",
            "begin and end with a basic", "turns", "sin vueltas", "dos ondas", "al final una onda",
            "no more than two turns", "primero dos vueltas, luego ondas", "nothing sensual",
        ]
    ),
    min_size=1, max_size=4,
).map(". ".join)  # fmt: skip


def as_figures(library: Sequence[Move]) -> list[Move]:
    """The same moves as figures of many kinds; openings and endings stay."""
    return [
        move
        if move.label in (INTRO, OUTRO)
        else msgspec.structs.replace(move, label=LABELS[n % len(LABELS)], name=f"Move {n}")
        for n, move in enumerate(library)
    ]


def danced(song: Analysis, library: Sequence[Move], text: str, **wish: object) -> Plan:
    request = read(text)
    fits = {move.id: fit(request, move) for move in library}
    return plan(
        song,
        library,
        msgspec.convert(wish, Wish),
        fit=fits,
        requested=requested(request, library),
    )


def figures(dance: Plan, library: Sequence[Move]) -> list[str]:
    by_id = {move.id: move for move in library}
    return [by_id[each.clip_id or ""].label for each in dance.moves]


LIBRARY = as_figures(filmed(40))
SONG = played(24)


@pytest.mark.parametrize("seed", range(12))
def test_a_dance_begins_and_ends_as_asked(seed: int) -> None:
    text = "Start with a turn, then body waves, and finish with a dip"
    dance = danced(SONG, LIBRARY, text, seed=seed)
    labels = figures(dance, LIBRARY)
    assert (labels[0], labels[-1]) == ("spin", "dip")
    assert "bodywave" in labels[1:]
    assert messages(dance.warnings) == ()


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(
    ("text", "figure", "least", "most"),
    [
        ("five turns", "spin", 5, 99),
        ("dos ondas", "bodywave", 2, 99),
        ("only one dip", "dip", 1, 1),
        ("exactly three hammerlocks", "hammerlock", 3, 3),
        ("no more than two turns", "spin", 1, 2),
        ("sin vueltas", "spin", 0, 0),
    ],
)
def test_a_figure_is_danced_as_often_as_asked(
    seed: int, text: str, figure: str, least: int, most: int
) -> None:
    dance = danced(SONG, LIBRARY, text, seed=seed)
    assert least <= figures(dance, LIBRARY).count(figure) <= most
    assert messages(dance.warnings) == ()


def test_a_figure_is_danced_where_the_song_goes_on_after_its_break() -> None:
    end, ones = SONG.duration, SONG.ones
    edges = [0.0, ones[8], ones[12], end]
    sections = tuple(
        Section(name=f"part {n}", start=edges[n], end=edges[n + 1], energy=energy)
        for n, energy in enumerate((0.8, 0.2, 0.9))
    )
    song = msgspec.structs.replace(SONG, sections=sections)
    dance = danced(song, LIBRARY, "after the break, footwork")
    (there,) = [each for each in dance.moves if abs(each.start_time - ones[12]) < 0.01]
    assert {move.id: move for move in LIBRARY}[there.clip_id or ""].label == "footwork"
    assert messages(dance.warnings) == ()


def one_section(song: Analysis) -> Analysis:
    whole = Section(name="part 0", start=0, end=song.duration, energy=0.5)
    return msgspec.structs.replace(song, sections=(whole,))


@pytest.mark.parametrize(
    ("text", "beginning"),
    [
        ("ending in a head roll", "No move of the library is a headroll."),
        ("after the break, turns", "The song has no break to dance a turn after."),
        ("ninety turns", "The dance has"),
        ("shadow position", "No move of the library is a shadow."),
    ],
)
def test_what_cannot_be_kept_is_named_with_its_reason(text: str, beginning: str) -> None:
    dance = danced(one_section(SONG), LIBRARY, text)
    assert [each.startswith(beginning) for each in messages(dance.warnings)] == [True]


def test_a_lock_wins_over_the_words_and_the_dance_says_so() -> None:
    basic = next(move for move in LIBRARY if move.label == "basic")
    locked = (LockedMove(position=0, move_id=basic.id),)
    dance = danced(SONG, LIBRARY, "start with a turn", locked=locked)
    assert dance.moves[0].clip_id == basic.id
    assert messages(dance.warnings) == ("No turn could be danced at the start.",)


def test_where_every_move_is_unwanted_they_are_danced_and_named() -> None:
    turns = [msgspec.structs.replace(move, label="spin") for move in filmed(8, ends=0)]
    (warning,) = danced(SONG, turns, "no turns").warnings
    assert warning.code is WarningCode.EXCLUDED_MOVE_DANCED
    assert warning.message.startswith("An excluded move (turn) is danced at 0")


def test_a_figure_that_the_library_does_not_have_is_named() -> None:
    basics = [msgspec.structs.replace(move, label="basic") for move in filmed(8, ends=0)]
    (warning,) = danced(SONG, basics, "with a dip").warnings
    assert warning.code is WarningCode.FIGURE_MISSING


@settings(max_examples=150)
@given(songs_and_libraries, texts, st.integers(0, 99))
def test_every_request_is_met_or_named(
    case: tuple[Analysis, tuple[Move, ...]], text: str, seed: int
) -> None:
    song, library = case[0], as_figures(case[1])
    dance = danced(song, library, text, seed=seed)
    by_id = {move.id: move for move in library}
    moves = [by_id[each.clip_id or ""] for each in dance.moves]
    request = read(text)

    def are(figure: str) -> list[bool]:
        return [is_called(figure, move.label, move.name) for move in moves]

    unmet: set[str] = set()
    firsts = [x for x in request.requests if x.place == "first"]
    lasts = [x for x in request.requests if x.place == "last"]
    if firsts and not are(firsts[0].figure)[0]:
        unmet.add(firsts[0].figure)
    if lasts and not are(lasts[-1].figure)[-1]:
        unmet.add(lasts[-1].figure)
    for each in request.requests:
        if not each.at_least <= sum(are(each.figure)) <= (each.at_most or len(moves)):
            unmet.add(each.figure)
    unmet |= {figure for figure in request.figures if not any(are(figure))}
    unmet |= {figure for figure in request.unwanted if any(are(figure))}
    text_of_warnings = " ".join(messages(dance.warnings))
    assert [figure for figure in sorted(unmet) if f" {figure}" not in text_of_warnings] == []


@given(songs_and_libraries, st.integers(0, 9))
def test_without_requests_nothing_is_changed(
    case: tuple[Analysis, tuple[Move, ...]], seed: int
) -> None:
    song, library = case
    wish = Wish(seed=seed)
    assert plan(song, library, wish, requested=Requested()) == plan(song, library, wish)
