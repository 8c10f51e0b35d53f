"""Every difference between a request and its dance has a warning with a code of its own."""

from pathlib import Path

import msgspec
import pytest

from adapters.description_model import ordering, reading
from adapters.description_model.offline import OfflineDescriptionModel
from application.planning.choreography_request import ChoreographyRequest
from application.ports.description_model import Slot
from domain.blueprint.model import Difficulty
from domain.library.moves import Energy, Style
from domain.planning.planner import LockedMove
from domain.shared.result_warnings import WarningCode
from domain.text_query.tokens import MOST_CHARACTERS
from domain.text_query.words import Asked
from tests.world.planning import ballroom

pytestmark = pytest.mark.anyio

SONG = "luna-de-humo"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("xyzzy qwerty", WarningCode.NOTHING_UNDERSTOOD),
        ("slow with xyzzy", WarningCode.WORDS_NOT_UNDERSTOOD),
        ("please", WarningCode.NOTHING_ASKED),
        ("a dance at 60 bpm", WarningCode.TEMPO_DIFFERS),
        ("twenty minutes", WarningCode.SONG_TOO_SHORT),
        ("a hundred hammerlocks", WarningCode.FIGURE_COUNT_DIFFERS),
        ("a dip after the break", WarningCode.FIGURE_MISPLACED),
    ],
)
async def test_a_description_that_is_not_met_says_so_by_a_code(
    tmp_path: Path, words: str, code: WarningCode
) -> None:
    room = await ballroom(tmp_path)
    dance = await room.described(words, song_id=SONG)
    assert code in [each.code for each in dance.warnings]


async def test_filters_that_are_not_met_say_so_by_a_code(tmp_path: Path) -> None:
    room = await ballroom(tmp_path)
    request = ChoreographyRequest(
        song_id=SONG,
        energy_level=Energy.HIGH,
        style=Style.PLAYFUL,
        difficulty=Difficulty.BEGINNER,
        locked_moves=(LockedMove(position=9999, move_id=next(iter(room.moves))),),
    )
    codes = {each.code for each in (await room.planned(request)).warnings}
    assert {WarningCode.FILTER_DROPPED, WarningCode.LOCK_NOT_MET} <= codes


async def test_a_long_description_says_by_a_code_that_it_was_cut() -> None:
    parsed = await OfflineDescriptionModel().parse("a" * (MOST_CHARACTERS + 1), [], [])
    assert [each.code for each in parsed.warnings] == [WarningCode.DESCRIPTION_CUT]


async def test_a_model_whose_answer_is_not_valid_is_corrected_by_a_code(tmp_path: Path) -> None:
    answer = reading.Answer("nowhere", None, None, None, ("moonwalk",), ())
    _, warnings = reading.checked(answer, [], [], Asked())
    assert {each.code for each in warnings} == {WarningCode.MODEL_ANSWER_CORRECTED}
    proposal = ordering.checked(ordering.Answer(("x",)), [Slot(energy=0.5, candidates=("a",))])
    assert [each.code for each in proposal.warnings] == [WarningCode.MODEL_ANSWER_CORRECTED]
    room = await ballroom(tmp_path)
    song = await room.library.songs.get(SONG)
    songs = [msgspec.structs.replace(song, id=f"{number}") for number in range(301)]
    _, remarks = reading.question("dance", songs, [], Asked())
    assert [each.code for each in remarks] == [WarningCode.SONGS_NOT_SHOWN]
