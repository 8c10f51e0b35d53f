"""Rules of reading records of the earlier system, and of bringing its Blueprints to today."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.blueprint import rules
from domain.blueprint.model import Blueprint
from domain.legacy.seed_blueprints import Lies, blueprint_of
from domain.legacy.seeds import (
    Model,
    Record,
    dropped_fields,
    is_of_jobs,
    model_of,
    model_of_table,
    read_blueprint,
    read_move,
    read_song,
    read_task,
    task_id_of,
)
from domain.library.embeddings import packed
from domain.rendering.assembly import PROGRESS, State
from domain.shared import paths
from domain.shared.errors import BlueprintRejected, UnsafeBlueprint
from tests.strategies.blueprints import blueprints, json_values
from tests.world.earlier import document, task_key, unit

OWNER = paths.LOCAL_USER
KEY = task_key(5)
TASK = {"status": "completed", "created_at": "2025-11-08T10:00:00Z"}


def record(fields: object, key: str = KEY) -> Record:
    return Record(key=key, fields=msgspec.convert(fields, dict[str, Any]), source="dump")


def fields_of(blueprint: Blueprint) -> dict[str, Any]:
    return json.loads(rules.serialised(blueprint))


def nowhere(name: str) -> Lies | None:
    return None


@pytest.mark.parametrize(
    ("label", "model"),
    [
        ("choreography.song", Model.SONG),
        ("apps_choreography.moveembedding", Model.MOVE),
        ("Old.ChoreographyTask", Model.TASK),
        ("blueprint", Model.BLUEPRINT),
        ("choreography.savedchoreography", None),
        ("song.user", None),
    ],
)
def test_a_model_is_known_by_the_last_part_of_its_label(label: str, model: Model | None) -> None:
    assert model_of(label) is model


@pytest.mark.parametrize(
    ("name", "columns", "model"),
    [
        ("songs", {"id", "title", "artist", "audio_path", "bpm"}, Model.SONG),
        ("choreography_song", {"id", "title", "artist", "audio_path"}, Model.SONG),
        ("choreography_song", {"id", "title"}, None),
        ("song", {"id", "title", "artist", "audio_path"}, None),
        ("albums", {"id", "title", "artist", "audio_path"}, None),
        ("move_embeddings", {"id", "move_id", "video_path"}, Model.MOVE),
        ("choreography_moveembedding", {"id", "move_id", "video_path"}, Model.MOVE),
        ("move_embedding", {"move_id", "video_path", "pose_embedding"}, None),
        ("choreography_tasks", {"task_id", "status", "stage", "created_at"}, Model.TASK),
        ("choreography_blueprint", {"task_id", "blueprint_json"}, Model.BLUEPRINT),
        ("blueprint", {"task_id", "document"}, None),
    ],
)
def test_a_table_is_known_by_its_name_and_its_columns(
    name: str, columns: set[str], model: Model | None
) -> None:
    assert model_of_table(name, columns) is model


@pytest.mark.parametrize(
    ("name", "jobs"),
    [
        ("choreography.jobexecution", True),
        ("cloud_run_jobs", True),
        ("choreography.taskexecution", True),
        ("auth.user", False),
    ],
)
def test_job_records_are_known_by_their_name(name: str, jobs: bool) -> None:
    assert is_of_jobs(name) is jobs


def test_fields_that_nothing_is_made_of_are_named() -> None:
    fields = {**TASK, "job_execution_name": "x", "user": 4, "error": None, "progress": 3}
    assert dropped_fields(Model.TASK, record(fields)) == ["job_execution_name", "user"]
    assert dropped_fields(Model.TASK, record({**TASK, "job_execution_name": None})) == []
    assert dropped_fields(Model.SONG, record({"id": 1, "created_at": "b"})) == ["created_at"]


def test_a_song_is_read_whatever_types_a_database_has() -> None:
    fields = {"title": "T", "artist": "A", "audio_path": "songs/t.mp3", "bpm": 132, "genre": None}
    song = read_song(record({**fields, "duration": "231.5", "id": 4}))
    assert (song.bpm, song.duration, song.genre) == (132.0, 231.5, None)


@pytest.mark.parametrize(
    "fields", [{}, {"title": 7, "artist": "A", "audio_path": "a"}, {"title": "A", "artist": "B"}]
)
def test_a_song_that_makes_no_sense_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"title|artist|audio_path"):
        read_song(record(fields))


@pytest.mark.parametrize("as_text", [False, True])
def test_a_move_is_read_with_its_numbers(as_text: bool) -> None:
    row = unit(512, 3)
    fields = {
        "id": 3,
        "move_id": "paso",
        "video_path": "data/Bachata_steps/basic/paso.mp4",
        "pose_embedding": json.dumps(row) if as_text else row,
        "audio_embedding": "no JSON",
        "difficulty": "advanced",
        "style": "modern",
    }
    move = read_move(record(fields))
    assert (move.id, move.rows.pose, move.rows.audio) == ("paso", packed(row), None)
    assert {note.field for note in move.notes} == {"audio_embedding", "style"}


def test_a_move_that_names_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="neither"):
        read_move(record({"id": 4, "style": "sensual"}))


@pytest.mark.parametrize(
    ("fields", "state", "reached"),
    [
        ({"status": "completed"}, State.COMPLETED, State.COMPLETED),
        ({"status": "failed", "stage": "uploading"}, State.FAILED, State.UPLOADING),
        ({"status": "failed", "stage": "generating_blueprint"}, State.FAILED, State.PLANNING),
        ({"status": "failed", "stage": "failed", "progress": 0}, State.FAILED, State.PENDING),
        ({"status": "running", "stage": "assembling", "progress": 55}, State.FAILED, "50"),
        ({"status": "pending"}, State.FAILED, State.PENDING),
        ({"status": "failed", "error": "Cancelled by user"}, State.CANCELLED, State.PENDING),
    ],
)
def test_a_task_ends_as_it_ended_or_has_failed(
    fields: dict[str, Any], state: State, reached: State | str
) -> None:
    task = read_task(record({**TASK, **fields}))
    assert task.state is state
    assert reached in (task.reached, str(PROGRESS[task.reached]))
    assert (task.why is None) is (state is not State.FAILED)


@pytest.mark.parametrize(
    "moment",
    [
        "2025-11-08T10:00:00Z",
        "2025-11-08 10:00:00",
        "2025-11-08T11:00:00+01:00",
        datetime(2025, 11, 8, 10, tzinfo=UTC),
        datetime(2025, 11, 8, 10),
    ],
)
def test_moments_are_read_as_dumps_and_databases_have_them(moment: object) -> None:
    task = read_task(record({"status": "failed", "created_at": moment, "updated_at": moment}))
    assert task.created_at == task.updated_at == datetime(2025, 11, 8, 10, tzinfo=UTC)


@pytest.mark.parametrize("as_text", [False, True])
def test_the_film_of_a_task_may_be_where_its_result_says(as_text: bool) -> None:
    result: Any = {"video_url": "gs://b/x.mp4?Signature=1", "output_path": "choreographies/y.mp4"}
    fields = {**TASK, "result": json.dumps(result) if as_text else result, "song_id": 4}
    task = read_task(record(fields))
    assert task.films == (
        "choreographies/y.mp4",
        "gs://b/x.mp4",
        f"choreographies/choreography_{KEY}.mp4",
    )
    assert task.song == "4"


def test_ids_stay_what_they_were_and_others_become_uuids() -> None:
    assert task_id_of(KEY) == UUID(KEY)
    assert task_id_of("sample_task_1") == task_id_of("sample_task_1") != task_id_of("sample_task_2")


@pytest.mark.parametrize("content", [None, [], "{", '"a"', "[]"])
def test_a_document_that_is_no_object_is_refused(content: object) -> None:
    with pytest.raises(ValueError, match=r"JSON"):
        read_blueprint(record({"blueprint_json": content}))


def test_a_document_may_be_kept_as_text() -> None:
    assert read_blueprint(record({"blueprint_json": '{"a": 1}'})) == {"a": 1}


def at(name: str) -> Lies | None:
    """One clip and one song have moved."""
    return {
        "data/Bachata_steps/basic/paso.mp4": Lies(
            path="clips/paso-1.mp4", move_id="paso", seconds=8.5
        ),
        "songs/Eso_es_amor.mp3": Lies(path="songs/eso-1"),
        "move_007": Lies(path="clips/giro-1.mp4", move_id="giro", seconds=9.0),
    }.get(name)


def test_a_blueprint_is_brought_to_where_its_files_are_now() -> None:
    clip = "data/Bachata_steps/basic/paso.mp4"
    now = blueprint_of(document(5, [clip, "clips/other.mp4"]), UUID(KEY), OWNER, at)
    first, second = now.blueprint.moves
    assert (first.video_path, first.clip_id, first.original_duration) == (
        "clips/paso-1.mp4",
        "paso",
        8.5,
    )
    assert (second.video_path, second.clip_id) == ("clips/other.mp4", "move_2")
    assert now.blueprint.audio_path == "songs/eso-1"
    assert now.blueprint.output_config.output_path == paths.film(OWNER, UUID(KEY))
    assert now.blueprint.total_duration == 8.0
    assert now.blueprint.generation_parameters["user_id"] == 47


def test_clips_stay_silent_as_they_were() -> None:
    now = blueprint_of(document(5, ["clips/a.mp4"]), UUID(KEY), OWNER, nowhere)
    assert [move.volume_adjustment for move in now.blueprint.moves] == [0]
    assert len(now.notes) == 1


def test_a_total_that_was_the_length_of_the_song_is_derived_anew() -> None:
    whole = {**document(5, ["clips/a.mp4"]), "total_duration": 232.0}
    assert blueprint_of(whole, UUID(KEY), OWNER, nowhere).blueprint.total_duration == 4.0


def test_the_documents_that_tell_a_whole_song_are_read() -> None:
    seed_document = {
        "task_id": "another",
        "song": {"id": 7, "title": "T", "audio_path": "songs/Eso_es_amor.mp3", "bpm": 134},
        "moves": [
            {
                "move_id": "move_007",
                "move_name": "Basic Step",
                "video_path": "gs://bucket/moves/basic_step.mp4",
                "start_time": 0.0,
                "end_time": 5.2,
                "duration": 5.2,
                "difficulty": "advanced",
                "energy_level": "high",
                "style": "modern",
            }
        ],
        "generation_parameters": {"ai_mode": False},
        "total_duration": 263.3,
        "output_config": {
            "video_format": "mp4",
            "resolution": "1920x1080",
            "fps": 25,
            "video_codec": "libx264",
        },
    }
    now = blueprint_of(seed_document, UUID(KEY), OWNER, at)
    assert now.blueprint.task_id == UUID(KEY)
    assert (now.blueprint.audio_path, now.blueprint.audio_tempo) == ("songs/eso-1", 134.0)
    assert now.blueprint.moves[0].clip_id == "giro"
    output = now.blueprint.output_config
    assert (output.width, output.height, output.frame_rate) == (1920, 1080, 25)
    assert now.notes == ("The document was of version 0.",)


def test_the_oldest_documents_are_upgraded() -> None:
    oldest = {
        "song": {"path": "songs/Eso_es_amor.mp3"},
        "moves_used": [{"video_path": "clips/a.mp4", "start_time": 0, "duration": 4}],
        "video_output": "data/output/x.mp4",
    }
    now = blueprint_of(oldest, UUID(KEY), OWNER, at)
    assert now.blueprint.audio_path == "songs/eso-1"


def test_everything_that_cannot_be_brought_over_is_named() -> None:
    wrong = document(5, ["clips/a.mp4", "clips/b.mp4"])
    wrong["moves"][1]["transition_type"] = "fade_white"
    wrong["moves"][0]["camera"] = 2
    del wrong["audio_path"]
    with pytest.raises(BlueprintRejected) as refusal:
        blueprint_of(wrong, UUID(KEY), OWNER, nowhere)
    assert {each.path for each in refusal.value.violations} == {
        "$.moves[1].transition_type",
        "$.moves[0].camera",
        "$.audio_path",
    }


def test_a_path_that_could_leave_the_storage_is_refused() -> None:
    with pytest.raises(UnsafeBlueprint):
        blueprint_of(document(5, ["../../etc/passwd"]), UUID(KEY), OWNER, nowhere)


@settings(max_examples=100)
@given(blueprint=blueprints(most=2))
def test_every_blueprint_of_today_stays_the_same_dance(blueprint: Blueprint) -> None:
    now = blueprint_of(fields_of(blueprint), blueprint.task_id, OWNER, nowhere).blueprint
    silent = [msgspec.structs.replace(move, volume_adjustment=0) for move in blueprint.moves]
    assert list(now.moves) == silent
    assert now.output_config == blueprint.output_config
    rules.check(now)
    assert blueprint_of(fields_of(now), now.task_id, OWNER, nowhere).blueprint == now


@settings(max_examples=100)
@given(
    content=st.dictionaries(
        st.sampled_from(
            [
                "moves",
                "clips",
                "song",
                "audio_path",
                "output_config",
                "video_output",
                "task_id",
                "x",
            ]
        ),
        json_values,
    )
)
def test_whatever_a_document_holds_it_is_brought_over_or_refused(content: dict[str, Any]) -> None:
    try:
        now = blueprint_of(content, UUID(KEY), OWNER, nowhere)
    except BlueprintRejected as refusal:
        assert refusal.violations
    else:
        rules.check(now.blueprint)


@settings(max_examples=100)
@given(
    fields=st.dictionaries(
        st.sampled_from(
            [
                "title",
                "artist",
                "audio_path",
                "bpm",
                "duration",
                "status",
                "progress",
                "stage",
                "result",
                "created_at",
                "move_id",
                "video_path",
                "pose_embedding",
                "song",
                "blueprint_json",
            ]
        ),
        json_values,
    )
)
def test_whatever_a_record_holds_it_is_read_or_refused(fields: dict[str, Any]) -> None:
    for read in (read_song, read_move, read_task, read_blueprint):
        try:
            read(record(fields))
        except ValueError as error:
            assert str(error)
