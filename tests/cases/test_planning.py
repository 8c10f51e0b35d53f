"""Dances planned to songs and from words, over ports in memory."""

from itertools import pairwise
from pathlib import Path
from statistics import fmean
from typing import Literal

import msgspec
import pytest

from adapters.memory.description_model import MemoryDescriptionModel
from adapters.memory.move_embeddings import MemoryMoveEmbeddings
from application.planning.choreography_request import ChoreographyRequest
from application.planning.plan import PlannedDance
from domain.blueprint import rules
from domain.blueprint.model import Difficulty
from domain.library.corrections import Correction, corrected
from domain.library.embeddings import MoveEmbedding
from domain.library.moves import LEVEL, Energy, Style
from domain.library.songs import Reading
from domain.planning.costs import HARDNESS, Motion
from domain.planning.metrics import Quality
from domain.planning.planner import LockedMove
from domain.shared.errors import InvalidRequest
from domain.shared.result_warnings import ResultWarning, WarningCode
from domain.text_query.figures import is_called
from domain.text_query.words import Asked
from tests.world.planning import Ballroom, ballroom

pytestmark = pytest.mark.anyio

STAMMERED = ResultWarning(WarningCode.MODEL_UNAVAILABLE, "It stammered.")

SLOW = "slow romantic for beginners"
FAST = "fast energetic advanced con muchas vueltas"
SONG = ChoreographyRequest(song_id="luna-de-humo")


@pytest.fixture
async def room(tmp_path: Path) -> Ballroom:
    return await ballroom(tmp_path)


def ids(dance: PlannedDance) -> list[str]:
    return [move.clip_id or "" for move in dance.blueprint.moves]


def reason_of(dance: PlannedDance, name: str) -> list[float]:
    return [(move.reason or {})["costs"][name] for move in dance.blueprint.moves]


class Shown(msgspec.Struct):
    """The measures of a dance; means over its time."""

    moves: set[str]
    energy: float
    hardness: float
    turns: float


def summary(room: Ballroom, dance: PlannedDance) -> Shown:
    seconds = [move.duration for move in dance.blueprint.moves]
    moves = [room.moves[move_id] for move_id in ids(dance)]

    def mean(values: list[float]) -> float:
        return sum(a * b for a, b in zip(values, seconds, strict=True)) / sum(seconds)

    return Shown(
        moves={move.id for move in moves},
        energy=mean([LEVEL[move.energy_level] for move in moves]),
        hardness=mean([HARDNESS[move.difficulty] for move in moves]),
        turns=mean([float(is_called("turn", move.label, move.name)) for move in moves]),
    )


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("song_id", [None, "carta-de-abril", "luna-de-humo", "zapatos-nuevos"])
async def test_opposite_descriptions_give_dances_that_differ_visibly(
    room: Ballroom, song_id: str | None, seed: int
) -> None:
    slow, fast = [
        summary(room, await room.described(words, song_id=song_id, seed=seed))
        for words in (SLOW, FAST)
    ]
    assert len(slow.moves & fast.moves) < 0.3 * len(slow.moves | fast.moves)
    assert slow.energy + 0.25 < fast.energy
    assert slow.hardness + 1 < fast.hardness
    assert slow.turns + 0.15 < fast.turns


async def test_opposite_descriptions_choose_other_songs(room: Ballroom) -> None:
    slow, fast = [await room.described(words) for words in (SLOW, FAST)]
    assert (slow.blueprint.audio_tempo or 0) < (fast.blueprint.audio_tempo or 0)


@pytest.mark.parametrize("difficulty", [None, *Difficulty])
@pytest.mark.parametrize("song_id", ["carta-de-abril", "luna-de-humo", "zapatos-nuevos"])
async def test_a_dance_opens_with_an_opening_and_closes_with_an_ending(
    room: Ballroom, song_id: str, difficulty: Difficulty | None
) -> None:
    dance = await room.planned(ChoreographyRequest(song_id=song_id, difficulty=difficulty))
    labels = [room.moves[move_id].label for move_id in ids(dance)]
    assert (labels[0], labels[-1]) == ("intros", "outro")
    assert not {"intros", "outro"} & set(labels[1:-1])


async def test_no_two_neighbours_are_the_same(room: Ballroom) -> None:
    for seed in range(10):
        danced = ids(await room.planned(msgspec.structs.replace(SONG, seed=seed)))
        assert all(before != after for before, after in pairwise(danced))


async def test_a_blueprint_says_what_was_asked_and_how_good_it_is(room: Ballroom) -> None:
    dance = await room.described(SLOW, song_id="luna-de-humo", seed=3)
    rules.check(dance.blueprint)
    parameters = dance.blueprint.generation_parameters
    assert (parameters["query"], parameters["song_id"], parameters["seed"]) == (
        SLOW,
        "luna-de-humo",
        3,
    )
    assert parameters["warnings"] == msgspec.to_builtins(list(dance.warnings))
    assert msgspec.convert(parameters["quality"], Quality) == dance.quality
    assert dance.quality.steps_on_the_beat == 1
    assert dance.quality.cut_error_worst < 17
    assert 0 < dance.quality.coverage < 1
    assert dance.parameters.request.difficulty is Difficulty.BEGINNER


async def test_the_same_request_gives_the_same_bytes(room: Ballroom) -> None:
    moves = [(await room.planned(SONG)).blueprint.moves for _ in range(2)]
    assert msgspec.json.encode(moves[0]) == msgspec.json.encode(moves[1])


async def test_what_is_said_outright_counts_more_than_the_words(room: Ballroom) -> None:
    dance = await room.described(
        SLOW,
        song_id="luna-de-humo",
        difficulty=Difficulty.ADVANCED,
        energy_level=Energy.HIGH,
        style=Style.PLAYFUL,
        locked_moves=(LockedMove(position=4, move_id="golpes"),),
        banned_moves=("madrid",),
    )
    request, description = dance.parameters.request, dance.parameters.asked
    assert (request.difficulty, request.style) == (Difficulty.ADVANCED, Style.PLAYFUL)
    assert (description.difficulty, description.style) == (Difficulty.BEGINNER, Style.ROMANTIC)
    assert "golpes" in ids(dance)
    assert "madrid" not in ids(dance)
    assert summary(room, dance).energy > 0.7


async def test_a_description_that_is_no_text_is_refused(room: Ballroom) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        await room.described("slow \udc80")
    assert [each.path for each in refusal.value.violations] == ["$.query"]


class Counted:
    """Counts how often the motion is read."""

    def __init__(self, embeddings: MemoryMoveEmbeddings) -> None:
        self._motion = embeddings.motion
        self.read = 0

    async def motion(self) -> Motion:
        self.read += 1
        return await self._motion()


async def test_motion_that_is_known_decides_and_is_read_once_until_it_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = await ballroom(tmp_path)
    counted = Counted(room.library.embeddings)
    monkeypatch.setattr(room.embeddings, "motion", counted.motion)
    unknown = await room.planned(SONG)
    for number, move in enumerate(room.moves.values()):
        start, end = ((0.1, 0.9), (0.9, 0.1))[number % 2]
        entry = MoveEmbedding(move_id=move.id, energy_start=start, energy_end=end)
        await room.embeddings.keep(entry)
    dances = [await room.planned(SONG) for _ in range(3)]
    assert counted.read == 2
    assert ids(dances[0]) == ids(dances[2])
    assert ids(dances[0]) != ids(unknown)
    assert dances[0].quality.continuity > 0.8
    jumps = reason_of(dances[0], "continuity")
    assert fmean(jumps) < 0.25


async def test_proposals_are_danced_and_what_went_wrong_is_told(tmp_path: Path) -> None:
    request = Asked(difficulty=Difficulty.INTERMEDIATE)
    room = await ballroom(
        tmp_path, MemoryDescriptionModel(request, ["hammerlock", "golpes"], [STAMMERED])
    )
    alone = await ballroom(tmp_path, MemoryDescriptionModel(request))
    liked, plain = [
        await each.described("anything", song_id="luna-de-humo") for each in (room, alone)
    ]
    counts = [ids(dance).count("hammerlock") for dance in (liked, plain)]
    assert counts[0] > counts[1]
    # Once by whoever understood, once by whoever proposed.
    assert liked.warnings == (STAMMERED,) * 2
    assert liked.blueprint.generation_parameters["warnings"] == [msgspec.to_builtins(STAMMERED)] * 2


@pytest.mark.parametrize(("beats", "word"), [("double", "half"), ("half", "twice")])
async def test_a_song_no_move_is_fast_enough_for_is_counted_otherwise(
    room: Ballroom, beats: Literal["double", "half"], word: str
) -> None:
    plain = await room.planned(SONG)
    analysis = await room.analyze_song(SONG.song_id)
    otherwise = corrected(analysis, Correction(beats=beats))
    # Of a song without a genre nobody knows how its dancers count it.
    song = await room.library.songs.remove(SONG.song_id)
    unnamed = msgspec.structs.replace(song, genre=None, audio_path="songs/without-genre")
    await room.library.songs.add(unnamed, otherwise)
    dance = await room.planned(SONG)
    assert any(f"counted at {word} its tempo" in each.message for each in dance.warnings)
    assert dance.blueprint.audio_tempo == pytest.approx(plain.blueprint.audio_tempo, rel=0.02)
    assert dance.quality.steps_on_the_beat > 0.9
    explained = await room.explain(dance.blueprint)
    assert explained.quality == dance.quality
    assert dance.warnings == explained.warnings


async def test_a_song_is_counted_where_most_of_the_library_can_be_danced(room: Ballroom) -> None:
    analysis = await room.analyze_song(SONG.song_id)
    fast = corrected(analysis, Correction(beats="double"))
    await room.library.songs.keep_analysis(SONG.song_id, fast)
    first = next(iter(room.moves.values()))
    alone = msgspec.structs.replace(first, id="alone", tempo=fast.tempo)
    await room.library.moves.add(alone)
    dance = await room.planned(SONG)
    assert dance.blueprint.audio_tempo == pytest.approx(analysis.tempo, rel=0.02)


async def test_a_dance_says_if_another_way_to_count_is_nearly_as_likely(room: Ballroom) -> None:
    analysis = await room.analyze_song(SONG.song_id)
    readings = (
        Reading(kind="as_analyzed", probability=0.4),
        Reading(kind="other_one", probability=0.3, beats_later=4),
    )
    unsure = msgspec.structs.replace(analysis, confidence=0.7, readings=readings)
    await room.library.songs.keep_analysis(SONG.song_id, unsure)
    plain = await room.planned(SONG)
    assert WarningCode.BEATS_UNCERTAIN in [each.code for each in plain.warnings]
    # Whoever has corrected the song has decided.
    sure = msgspec.structs.replace(unsure, confidence=1.0)
    await room.library.songs.keep_analysis(SONG.song_id, sure)
    decided = await room.planned(SONG)
    assert WarningCode.BEATS_UNCERTAIN not in [each.code for each in decided.warnings]
