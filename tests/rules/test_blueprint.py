"""The rules of a Blueprint."""

import json
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.blueprint import rules
from domain.blueprint.model import Blueprint
from domain.shared.errors import BlueprintRejected, UnsafeBlueprint
from domain.shared.violations import Concern
from tests.strategies.blueprints import blueprints, document, documents, traversals


def good(**changes: object) -> dict[str, Any]:
    return {
        "task_id": str(uuid4()),
        "audio_path": "songs/one.m4a",
        "moves": [
            {"video_path": "clips/a.mp4", "start_time": 0, "duration": 4},
            {"video_path": "clips/b.mp4", "start_time": 4, "duration": 4},
        ],
        "output_config": {"output_path": "output/user_local/film.mp4"},
        **changes,
    }


def violations(spoiled: object) -> dict[str, str]:
    with pytest.raises(BlueprintRejected) as refused:
        rules.read(spoiled)
    return {each.path: each.message for each in refused.value.violations}


@given(blueprints())
def test_a_blueprint_survives_the_round_trip(blueprint: Blueprint) -> None:
    """**Feature: job-integration, Property 1: Blueprint round trip**. Validates 3.4.

    Serialised then parsed, every valid Blueprint is equal to itself.
    """
    assert rules.parse(rules.serialised(blueprint)) == blueprint
    rules.check(blueprint)


@given(documents, st.data())
def test_a_missing_field_is_refused_by_name(spoiled: dict[str, Any], data: st.DataObject) -> None:
    """**Feature: job-integration, Property 2: missing fields rejected**. Validates 3.2.

    Without any one of its required fields, at any depth, no document is a Blueprint.
    """
    index = data.draw(st.integers(0, len(spoiled["moves"]) - 1))
    where, owner, name = data.draw(
        st.sampled_from(
            [
                *(("$", spoiled, n) for n in ("task_id", "audio_path", "moves", "output_config")),
                *(
                    (f"$.moves[{index}]", spoiled["moves"][index], n)
                    for n in ("video_path", "start_time", "duration")
                ),
                ("$.output_config", spoiled["output_config"], "output_path"),
            ]
        )
    )
    del owner[name]
    assert violations(spoiled)[f"{where}.{name}"] == "This field is required."


@given(documents, traversals, st.data())
def test_a_path_that_could_leave_the_storage_is_a_security_error(
    spoiled: dict[str, Any], path: str, data: st.DataObject
) -> None:
    """**Feature: job-integration, Property 3: traversal rejected**. Validates 3.3.

    Absolute paths, climbing ones and all their disguises are refused as security errors,
    wherever in the document they stand.
    """
    index = data.draw(st.integers(0, len(spoiled["moves"]) - 1))
    where, owner, name = data.draw(
        st.sampled_from(
            [
                ("$", spoiled, "audio_path"),
                (f"$.moves[{index}]", spoiled["moves"][index], "video_path"),
                ("$.output_config", spoiled["output_config"], "output_path"),
            ]
        )
    )
    owner[name] = path
    with pytest.raises(UnsafeBlueprint) as refused:
        rules.read(spoiled)
    unsafe = [v for v in refused.value.violations if v.concern is Concern.SECURITY]
    assert [each.path for each in unsafe] == [f"{where}.{name}"]


@given(documents, st.data())
def test_every_violation_is_named_at_once(spoiled: dict[str, Any], data: st.DataObject) -> None:
    move = data.draw(st.integers(0, len(spoiled["moves"]) - 1))
    faults = {
        "$.audio_path": lambda: spoiled.update(audio_path="../song"),
        "$.titel": lambda: spoiled.update(titel="a typo"),
        "$.schema_version": lambda: spoiled.update(schema_version=7),
        f"$.moves[{move}].playback_rate": lambda: spoiled["moves"][move].update(playback_rate=3),
        f"$.moves[{move}].video_path": lambda: spoiled["moves"][move].update(video_path="/a"),
        "$.output_config.width": lambda: spoiled["output_config"].update(width=15),
        "$.output_config.video_bitrate": lambda: spoiled["output_config"].update(
            video_bitrate="99M"
        ),
        "$.output_config.output_path": lambda: spoiled["output_config"].update(
            output_path="films/a.mp4"
        ),
    }
    chosen = data.draw(st.sets(st.sampled_from(sorted(faults)), min_size=1))
    for fault in chosen:
        faults[fault]()
    assert chosen <= violations(spoiled).keys()


@given(
    st.recursive(
        st.none() | st.floats() | st.text(),
        lambda x: (
            st.lists(x)
            | st.dictionaries(
                st.sampled_from(
                    ["task_id", "moves", "song", "clips", "output_config", "schema_version", "x"]
                ),
                x,
            )
        ),
        max_leaves=12,
    )
)
def test_no_document_does_anything_but_pass_or_be_refused(anything: object) -> None:
    with pytest.raises(BlueprintRejected):
        rules.read(anything)


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b'{"a": NaN}', b"[" * 100_000, b"1e999"])
def test_what_is_no_json_is_refused_and_says_so(body: bytes) -> None:
    with pytest.raises(BlueprintRejected):
        rules.parse(body)


def test_the_defaults_are_filled_in() -> None:
    blueprint = rules.read(good())
    assert blueprint.total_duration == 8
    assert blueprint.output_config.frame_rate == 30
    assert (blueprint.output_config.width, blueprint.output_config.height) == (1280, 720)
    assert blueprint.moves[0].playback_rate == 1


@pytest.mark.parametrize(
    ("changes", "path", "message"),
    [
        ({"start_time": 4.5}, "$.moves[1].start_time", "leaves a gap of 0.500 s"),
        ({"start_time": 3.9}, "$.moves[1].start_time", "overlaps the move before by 0.100 s"),
        ({"duration": 0.01}, "$.moves[1].duration", "less than one frame"),
        ({"duration": 0}, "$.moves[1].duration", "> 0"),
        ({"duration": -1}, "$.moves[1].duration", "> 0"),
        ({"duration": "4"}, "$.moves[1].duration", "Expected `float`"),
        ({"duration": float("nan")}, "$.moves[1].duration", "not finite"),
        ({"start_time": float("inf")}, "$.moves[1].start_time", "not finite"),
        ({"trim_start": -1}, "$.moves[1].trim_start", ">= 0"),
        ({"playback_rate": 0.4}, "$.moves[1].playback_rate", ">= 0.5"),
        ({"volume_adjustment": 1.1}, "$.moves[1].volume_adjustment", "<= 1.0"),
        ({"transition_type": "wipe"}, "$.moves[1].transition_type", "cut, crossfade, fade_black"),
        ({"original_duration": 3.9}, "$.moves[1].duration", "clips/b.mp4"),
        ({"original_duration": 5, "trim_start": 2}, "$.moves[1].duration", "up to 6.000 s"),
        ({"original_duration": 4.5, "trim_end": 1}, "$.moves[1].duration", "last 1 s unused"),
        ({"original_duration": 5, "playback_rate": 1.5}, "$.moves[1].duration", "up to 6.000"),
        ({"video_path": "x" * 501}, "$.moves[1].video_path", "500 characters"),
        ({"reason": {"a": [float("nan")]}}, "$.moves[1].reason.a[0]", "not finite"),
        ({"reason": {"a": "\x00"}}, "$.moves[1].reason.a", "NUL"),
        ({"speed": 2}, "$.moves[1].speed", "Unknown field"),
    ],
)
def test_a_move_that_breaks_a_rule_is_named(
    changes: dict[str, Any], path: str, message: str
) -> None:
    spoiled = good()
    spoiled["moves"][1].update(changes)
    assert message in violations(spoiled)[path]


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"output_path": "output/user_other/film.mp4"}, "$.output_config.output_path"),
        ({"output_path": "output/film.mp4"}, "$.output_config.output_path"),
        ({"output_path": "clips/film.mp4"}, "$.output_config.output_path"),
        ({"output_path": "output/user_local/film.mov"}, "$.output_config.output_path"),
        ({"output_path": "output/user_local/.mp4"}, "$.output_config.output_path"),
        ({"output_format": "webm"}, "$.output_config.output_format"),
        ({"video_codec": "av1"}, "$.output_config.video_codec"),
        ({"audio_codec": "mp3"}, "$.output_config.audio_codec"),
        ({"video_bitrate": "99k"}, "$.output_config.video_bitrate"),
        ({"video_bitrate": "51M"}, "$.output_config.video_bitrate"),
        ({"video_bitrate": "fast"}, "$.output_config.video_bitrate"),
        ({"audio_bitrate": "31k"}, "$.output_config.audio_bitrate"),
        ({"audio_bitrate": "513k"}, "$.output_config.audio_bitrate"),
        ({"frame_rate": 29}, "$.output_config.frame_rate"),
        ({"width": 1281}, "$.output_config.width"),
        ({"height": 14}, "$.output_config.height"),
        ({"height": 3842}, "$.output_config.height"),
        ({"transition_duration": 2.1}, "$.output_config.transition_duration"),
        ({"fade_duration": 5.1}, "$.output_config.fade_duration"),
        ({"normalize_audio": 1}, "$.output_config.normalize_audio"),
    ],
)
def test_an_output_that_breaks_a_rule_is_named(changes: dict[str, Any], path: str) -> None:
    spoiled = good()
    spoiled["output_config"].update(changes)
    assert path in violations(spoiled)


def test_a_transition_longer_than_half_of_a_move_is_refused() -> None:
    spoiled = good()
    spoiled["moves"][1]["transition_type"] = "crossfade"
    spoiled["output_config"]["transition_duration"] = 2
    rules.read(spoiled)
    spoiled["moves"][0]["duration"] = 3.9
    spoiled["moves"][1]["start_time"] = 3.9
    message = violations(spoiled)["$.moves[1].transition_type"]
    assert "half of the move before" in message


def test_half_a_frame_of_grace_is_given_and_no_more() -> None:
    spoiled = good()
    spoiled["moves"][1]["start_time"] = 4.0166
    rules.read(spoiled)
    spoiled["moves"][1]["start_time"] = 4.0167
    assert "$.moves[1].start_time" in violations(spoiled)


def test_a_wrong_total_is_refused_and_a_right_one_taken() -> None:
    assert rules.read(good(total_duration=8)).total_duration == 8
    assert "$.total_duration" in violations(good(total_duration=9))


def test_a_text_in_a_free_object_breaks_a_rule_and_not_the_shape() -> None:
    spoiled = good()
    spoiled["moves"][0] |= {"reason": {"a": "\x00"}, "clip_id": "\x00"}

    with pytest.raises(BlueprintRejected) as refused:
        rules.read(spoiled)

    concerns = {each.path: each.concern for each in refused.value.violations}

    assert concerns["$.moves[0].reason.a"] is Concern.RULE
    assert concerns["$.moves[0].clip_id"] is Concern.SHAPE


@pytest.mark.parametrize("count", [0, 2001])
def test_too_few_and_too_many_moves_are_refused(count: int) -> None:
    moves = [
        {"video_path": "clips/a.mp4", "start_time": float(i), "duration": 1} for i in range(count)
    ]
    assert "$.moves" in violations(good(moves=moves))


def test_another_callers_folder_is_refused_and_ones_own_taken() -> None:
    own_document = good(output_config={"output_path": "output/user_7/film.mp4"})
    assert rules.read(own_document, "7").output_config.output_path == "output/user_7/film.mp4"
    assert "$.output_config.output_path" in violations(own_document)


@pytest.mark.parametrize("name", ["moves_used", "clips"])
@pytest.mark.parametrize(
    "song", [{"song": {"path": "songs/one.m4a"}}, {"song.path": "songs/one.m4a"}]
)
@pytest.mark.parametrize(
    "output",
    [
        "output/user_local/film.mp4",
        {"path": "output/user_local/film.mp4"},
        {"output_path": "output/user_local/film.mp4"},
    ],
)
def test_the_earliest_documents_are_upgraded(
    name: str, song: dict[str, object], output: object
) -> None:
    today = good()
    early = {"task_id": today["task_id"], name: today["moves"], "video_output": output, **song}
    assert rules.read(early) == rules.read(today)
    assert rules.read({**early, "schema_version": 0, "total_duration": 99}) == rules.read(today)


def test_an_upgraded_document_is_held_to_the_same_rules() -> None:
    early: dict[str, Any] = {
        "task_id": str(uuid4()),
        "song": {"path": "/etc/passwd"},
        "moves_used": [],
    }
    assert {"$.audio_path", "$.moves", "$.output_config"} <= violations(early).keys()


def test_the_document_is_plain_json() -> None:
    blueprint = rules.read(good())
    again = json.loads(rules.serialised(blueprint))
    assert rules.read(again) == blueprint
    assert again.keys() == document(blueprint).keys()
