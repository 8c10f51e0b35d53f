"""Rules of reading lists of moves and of matching them with clips."""

import json
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.blueprint.model import Difficulty
from domain.importing.move_lists import Kind, Listed, entries_of
from domain.importing.move_records import MoveRecord, move_records
from domain.library.embeddings import Part, packed, unpacked
from domain.library.ids import slug
from domain.library.moves import Energy, Style

ROW = [1.0] + [0.0] * 511
EXPORT = {
    "generated_at": "2025",
    "total_embeddings": 1,
    "embeddings": [
        {
            "clip_id": "paseala",
            "move_name": "Paseala",
            "video_path": "data/Bachata_steps/bolero/paseala.mp4",
            "pose_embedding": ROW,
            "audio_embedding": [1.0] + [0.0] * 127,
            "text_embedding": [1.0] + [0.0] * 383,
            "difficulty": "advanced",
            "energy_level": "high",
            "style": "playful",
            "duration": 8.2,
            "move_label": "bolero",
        }
    ],
}
ANNOTATIONS = {
    "instructions": "",
    "clips": [
        {
            "clip_id": "paseala",
            "video_path": "bolero/paseala.mp4",
            "move_label": "bolero",
            "energy_level": "medium",
            "estimated_tempo": 129,
            "difficulty": "high",
        }
    ],
}


def read(document: object, source: str = "list") -> list[Listed]:
    entries = entries_of(document, source)
    assert entries is not None
    return entries


def fields(move: MoveRecord, kind: Kind) -> list[str]:
    return [note.field for note in move.notes if note.kind is kind]


def test_an_export_is_read_as_it_is() -> None:
    entry = read(EXPORT)[0]
    assert (entry.id, entry.name, entry.label) == ("paseala", "Paseala", "bolero")
    assert (entry.difficulty, entry.energy_level, entry.style, entry.duration) == (
        Difficulty.ADVANCED,
        Energy.HIGH,
        Style.PLAYFUL,
        8.2,
    )
    pose = entry.rows.of(Part.POSE)
    assert pose is not None
    assert list(unpacked(pose)) == ROW
    assert entry.notes == ()


def test_lists_that_mean_the_same_clip_are_one_move() -> None:
    clips = ["Bachata_steps/bolero/paseala.mp4"]
    moves = move_records(clips, [*read(EXPORT, "export"), *read(ANNOTATIONS, "annotations")])
    assert [(move.id, move.clip, move.entry.tempo) for move in moves] == [
        ("paseala", clips[0], 129.0)
    ]
    assert moves[0].entry.energy_level is Energy.HIGH
    messages = [note.message for note in moves[0].notes if note.kind is Kind.INCONSISTENT]
    assert messages == ["export says high, annotations says medium."]


def test_a_clip_of_the_same_name_in_another_folder_is_another_move() -> None:
    moves = move_records(["steps/arm_styling/paseala.mp4"], read(EXPORT))
    assert [(move.id, move.clip) for move in moves] == [
        ("paseala", None),
        ("paseala-arm_styling", "steps/arm_styling/paseala.mp4"),
    ]
    assert fields(moves[1], Kind.INCONSISTENT) == ["id"]


def test_a_path_without_folders_means_the_only_clip_of_that_name() -> None:
    entries = read([{"file": "SPIN.mp4"}])
    assert move_records(["a/spin.mp4"], entries)[0].clip == "a/spin.mp4"
    assert move_records(["a/spin.mp4", "b/spin.mp4"], entries)[0].clip is None


def test_an_entry_without_a_path_means_the_clip_of_its_id() -> None:
    move = move_records(["x/Right Arm.mp4"], read([{"id": "right-arm", "bpm": "128.5"}]))[0]
    assert (move.clip, move.entry.tempo, move.label) == ("x/Right Arm.mp4", 128.5, "x")


def test_clips_without_a_list_are_labelled_by_their_folders() -> None:
    moves = move_records(["spin/double_spin.mp4", "basic.mp4"], [])
    assert [(move.id, move.name, move.label) for move in moves] == [
        ("basic", "Basic", "unsorted"),
        ("double_spin", "Double Spin", "spin"),
    ]


def test_a_label_that_is_not_the_folder_is_reported() -> None:
    move = move_records(["turn/a.mp4"], read([{"path": "turn/a.mp4", "label": "spin"}]))[0]
    assert move.label == "spin"
    assert fields(move, Kind.INCONSISTENT) == ["label"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("difficulty", "impossible"),
        ("energy", "purple"),
        ("style", "tango"),
        ("tempo", 900),
        ("tempo", "fast"),
        ("tempo", float("nan")),
        ("tempo", True),
        ("duration", -1),
        ("name", "a\0b"),
        ("pose_embedding", [1.0] * 511),
        ("pose_embedding", [0.0] * 512),
        ("pose_embedding", [float("nan")] * 512),
        ("pose_embedding", ["1"] * 512),
        ("pose_embedding", "1,2"),
    ],
)
def test_what_cannot_be_is_left_out_and_reported(field: str, value: object) -> None:
    move = move_records(["a.mp4"], read([{"file": "a.mp4", field: value}]))[0]
    bare = move_records(["a.mp4"], read([{"file": "a.mp4"}]))[0]
    name = field if field != "energy" else "energy_level"
    assert fields(move, Kind.INCONSISTENT) == [name]
    assert move.entry.rows == bare.entry.rows
    assert (move.entry.tempo, move.entry.duration, move.entry.difficulty) == (None, None, None)


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("High", "advanced"),
        (" fácil ", "beginner"),
        ("intermedio", "intermediate"),
        (3, "advanced"),
    ],
)
def test_other_words_for_a_difficulty_are_understood(word: object, meant: str) -> None:
    entry = read([{"id": "a", "difficulty": word}])[0]
    assert entry.difficulty == meant
    assert [note.kind for note in entry.notes] == [Kind.TAKEN]


def test_a_row_of_another_length_is_made_as_long_as_one() -> None:
    entry = read([{"id": "a", "audio_embedding": [2] * 128}])[0]
    assert entry.rows.audio == packed([2 / 2 / 128**0.5] * 128)
    assert [note.kind for note in entry.notes] == [Kind.INCONSISTENT]


@pytest.mark.parametrize("other", [{}, {"beats": [1, 2]}, 5, "text", None, [1, 2], [{"x": 1}]])
def test_what_is_no_list_of_moves_is_told_from_an_empty_one(other: object) -> None:
    assert entries_of(other, "x") is None
    assert entries_of({"moves": []}, "x") == []


_names = st.text(string.ascii_letters + "é_- ñ", min_size=1, max_size=6)
_clips = st.tuples(_names, _names).map(lambda names: f"{names[0]}/{names[1]}.mp4")
_rows = st.fixed_dictionaries(
    {},
    optional={
        "id": _names,
        "video_path": _clips,
        "label": _names,
        "difficulty": st.one_of(st.text(max_size=5), st.sampled_from(Difficulty), st.integers()),
        "tempo": st.one_of(st.floats(), st.text(max_size=4), st.none()),
        "pose_embedding": st.one_of(st.none(), st.lists(st.floats(), max_size=3)),
    },
)


@given(st.lists(_clips, unique=True, max_size=6), st.lists(_rows, max_size=6))
def test_ids_are_unique_and_every_clip_is_wanted_once(
    clips: list[str], rows: list[dict[str, object]]
) -> None:
    moves = move_records(clips, entries_of(rows, "list") or [])
    ids = [move.id for move in moves]
    assert len(set(ids)) == len(ids)
    assert all(each and each == slug(each) for each in ids)
    assert sorted(move.clip for move in moves if move.clip) == sorted(clips)
    assert move_records(clips, entries_of(rows, "list") or []) == moves


@given(
    st.recursive(
        st.none() | st.floats() | st.text(max_size=5),
        lambda x: st.lists(x) | st.dictionaries(st.text(max_size=9), x),
    )
)
def test_no_document_is_too_strange_to_be_read(document: object) -> None:
    for entry in entries_of(document, "x") or []:
        assert entry.id or entry.clip


def test_a_list_may_come_from_json() -> None:
    assert read(json.loads(json.dumps(EXPORT))) == read(EXPORT)
