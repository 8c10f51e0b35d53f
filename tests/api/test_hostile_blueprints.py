"""All errors in a body are reported at once, each with its JSON path."""

from collections.abc import Callable
from typing import Any

import httpx
import msgspec
import pytest

from tests.api.memory_backend import (
    ASSEMBLE,
    GENERATE,
    JSON,
    MemoryBackend,
    document,
    paths_of,
    problem_of,
)

pytestmark = pytest.mark.anyio

Spoil = Callable[[dict[str, Any]], object]

TRICKS = (
    "/etc/passwd",
    "../secret.mp4",
    "clips/../../secret.mp4",
    "clips/..",
    "..",
    ".",
    "clips/./a.mp4",
    "clips//a.mp4",
    "clips/",
    "C:/windows/a.mp4",
    "c:a.mp4",
    "clips\\..\\a.mp4",
    "clips/a\x00.mp4",
    "clips/\n.mp4",
    "clips/\x7f.mp4",
    "%2e%2e/secret.mp4",
    "clips/%2E%2e/secret.mp4",
    "clips%2fa.mp4",
    "clips%5Ca.mp4",
    "file:///etc/passwd",
    "http://127.0.0.1/a.mp4",
    "concat:a.mp4",
    "-i",
    "clips/-rf.mp4",
    "",
    "a" * 501,
)


def _set(*keys: str | int, to: object) -> Spoil:
    def spoil(document: dict[str, Any]) -> None:
        inner: Any = document
        for key in keys[:-1]:
            inner = inner[key]
        inner[keys[-1]] = to

    return spoil


def _without(*keys: str | int) -> Spoil:
    def spoil(document: dict[str, Any]) -> None:
        inner: Any = document
        for key in keys[:-1]:
            inner = inner[key]
        del inner[keys[-1]]

    return spoil


def _move(name: str, to: object) -> Spoil:
    return _set("moves", 1, name, to=to)


def _output(name: str, to: object) -> Spoil:
    return _set("output_config", name, to=to)


BROKEN: tuple[tuple[str, Spoil], ...] = (
    # Required fields.
    ("$.task_id", _without("task_id")),
    ("$.audio_path", _without("audio_path")),
    ("$.moves", _without("moves")),
    ("$.output_config", _without("output_config")),
    ("$.moves[1].video_path", _without("moves", 1, "video_path")),
    ("$.moves[1].start_time", _without("moves", 1, "start_time")),
    ("$.moves[1].duration", _without("moves", 1, "duration")),
    ("$.output_config.output_path", _without("output_config", "output_path")),
    # Unknown fields.
    ("$.movs", _set("movs", to=[])),
    ("$.moves[1].trim_strat", _move("trim_strat", 1)),
    ("$.output_config.hieght", _output("hieght", 720)),
    # Types and ranges.
    ("$.schema_version", _set("schema_version", to=2)),
    ("$.schema_version", _set("schema_version", to=-1)),
    ("$.schema_version", _set("schema_version", to="1")),
    ("$.task_id", _set("task_id", to="not-a-uuid")),
    ("$.task_id", _set("task_id", to=7)),
    ("$.audio_path", _set("audio_path", to=7)),
    ("$.audio_tempo", _set("audio_tempo", to=0)),
    ("$.moves", _set("moves", to=[])),
    ("$.moves", _set("moves", to={})),
    ("$.moves[1]", _set("moves", 1, to="clips/a.mp4")),
    ("$.moves", lambda document: document["moves"].extend(document["moves"][:1] * 2000)),
    ("$.moves[1].start_time", _move("start_time", -1)),
    ("$.moves[1].start_time", _move("start_time", "2")),
    ("$.moves[1].duration", _move("duration", 0)),
    ("$.moves[1].duration", _move("duration", True)),
    ("$.moves[1].trim_start", _move("trim_start", -0.1)),
    ("$.moves[1].trim_end", _move("trim_end", -0.1)),
    ("$.moves[1].original_duration", _move("original_duration", 0)),
    ("$.moves[1].playback_rate", _move("playback_rate", 0.49)),
    ("$.moves[1].playback_rate", _move("playback_rate", 2.01)),
    ("$.moves[1].transition_type", _move("transition_type", "wipe")),
    ("$.moves[1].volume_adjustment", _move("volume_adjustment", 1.1)),
    ("$.moves[1].clip_id", _move("clip_id", 7)),
    ("$.moves[1].clip_id", _move("clip_id", "a\x00b")),
    ("$.moves[1].reason", _move("reason", "because")),
    ("$.difficulty_level", _set("difficulty_level", to="expert")),
    ("$.generation_timestamp", _set("generation_timestamp", to="yesterday")),
    ("$.generation_timestamp", _set("generation_timestamp", to="2026-01-01T00:00:00")),
    ("$.generation_parameters", _set("generation_parameters", to=[])),
    ("$.output_config", _set("output_config", to=None)),
    ("$.output_config.output_format", _output("output_format", "mkv")),
    ("$.output_config.video_codec", _output("video_codec", "libx264 -f tee")),
    ("$.output_config.audio_codec", _output("audio_codec", "mp3")),
    ("$.output_config.video_bitrate", _output("video_bitrate", "99k")),
    ("$.output_config.video_bitrate", _output("video_bitrate", "51M")),
    ("$.output_config.video_bitrate", _output("video_bitrate", "2M -y")),
    ("$.output_config.audio_bitrate", _output("audio_bitrate", "31k")),
    ("$.output_config.audio_bitrate", _output("audio_bitrate", "513k")),
    ("$.output_config.frame_rate", _output("frame_rate", 31)),
    ("$.output_config.width", _output("width", 1281)),
    ("$.output_config.width", _output("width", 3842)),
    ("$.output_config.height", _output("height", 14)),
    ("$.output_config.transition_duration", _output("transition_duration", 2.1)),
    ("$.output_config.fade_duration", _output("fade_duration", 5.1)),
    ("$.output_config.normalize_audio", _output("normalize_audio", "yes")),
    ("$.output_config.add_audio_overlay", _output("add_audio_overlay", 1)),
    # Moves follow one another; clips are long enough; transitions fit; the total is the end.
    ("$.moves[0].start_time", _set("moves", 0, "start_time", to=0.5)),
    ("$.moves[1].start_time", _move("start_time", 2.02)),
    ("$.moves[1].start_time", _move("start_time", 1.98)),
    ("$.moves[2].duration", _set("moves", 2, "duration", to=0.001)),
    ("$.moves[1].duration", _move("original_duration", 2.9)),
    (
        "$.moves[1].duration",
        lambda document: document["moves"][1].update(original_duration=4, trim_end=1.1),
    ),
    (
        "$.moves[1].transition_type",
        lambda document: [
            document["moves"][1].update(transition_type="crossfade"),
            document["output_config"].update(transition_duration=1.1),
        ],
    ),
    ("$.total_duration", _set("total_duration", to=7)),
    # The film goes to a place of the caller's own.
    ("$.output_config.output_path", _output("output_path", "clips/a.mp4")),
    ("$.output_config.output_path", _output("output_path", "output/user_other/a.mp4")),
    ("$.output_config.output_path", _output("output_path", "output/user_local/a.mov")),
    ("$.output_config.output_path", _output("output_path", "output/user_local/.mp4")),
)


@pytest.mark.parametrize(
    ("path", "spoil"), BROKEN, ids=[f"{p}-{i}" for i, (p, _) in enumerate(BROKEN)]
)
async def test_a_broken_rule_is_named_with_its_path(
    client: httpx.AsyncClient, path: str, spoil: Spoil
) -> None:
    spoilt = document()
    spoil(spoilt)

    problem = problem_of(await client.post(ASSEMBLE, json=spoilt), 400)

    assert problem["code"] == "blueprint-rejected"
    assert problem["stage"] == "validation"
    assert path in paths_of(problem)


@pytest.mark.parametrize("trick", TRICKS)
async def test_no_path_leaves_the_storage(client: httpx.AsyncClient, trick: str) -> None:
    spoilt = document()
    spoilt["audio_path"] = trick
    spoilt["moves"][2]["video_path"] = trick
    spoilt["output_config"]["output_path"] = trick

    problem = problem_of(await client.post(ASSEMBLE, json=spoilt), 400)

    assert problem["code"] == "unsafe-path"
    assert problem["stage"] == "validation"
    unsafe = {each["path"] for each in problem["details"] if each["concern"] == "security"}
    assert unsafe == {
        "$.audio_path",
        "$.moves[2].video_path",
        "$.output_config.output_path",
    }


async def test_everything_that_is_wrong_is_named_at_once(client: httpx.AsyncClient) -> None:
    spoilt = document()
    spoilt.update(task_id="x", audio_path="../song", tempo=120)
    spoilt["moves"][0]["playback_rate"] = 9
    spoilt["moves"][1]["start_time"] = 3.5
    spoilt["output_config"].update(width=1281, output_path="output/user_other/a.mp4")

    problem = problem_of(await client.post(ASSEMBLE, json=spoilt), 400)

    assert problem["code"] == "unsafe-path"
    assert paths_of(problem) >= {
        "$.task_id",
        "$.audio_path",
        "$.tempo",
        "$.moves[0].playback_rate",
        "$.moves[1].start_time",
        "$.output_config.width",
        "$.output_config.output_path",
    }
    assert all(each["message"] for each in problem["details"])


async def test_a_gap_is_told_in_seconds(client: httpx.AsyncClient) -> None:
    spoilt = document()
    spoilt["moves"][1]["start_time"] = 2.25

    problem = problem_of(await client.post(ASSEMBLE, json=spoilt), 400)

    [message] = [x["message"] for x in problem["details"] if x["path"] == "$.moves[1].start_time"]
    assert "a gap of 0.250 s" in message


NO_DOCUMENT = {
    "empty": b"",
    "cut off": b'{"task_id": ',
    "not JSON": b"hello",
    "not a number": b'{"moves": NaN}',
    "infinity": b'{"moves": Infinity}',
    "not UTF-8": b'{"task_id": "\xff"}',
    "too deep": b"[" * 100_000,
    "array": b"[]",
    "null": b"null",
    "text": b'"blueprint"',
    "number": b"7",
    "two documents": b"{} {}",
}


@pytest.mark.parametrize("route", [ASSEMBLE, GENERATE])
@pytest.mark.parametrize("body", NO_DOCUMENT.values(), ids=NO_DOCUMENT.keys())
async def test_what_is_no_json_object_is_refused(
    client: httpx.AsyncClient, route: str, body: bytes
) -> None:
    answer = await client.post(route, content=body, headers=JSON)

    problem = problem_of(answer, 400)

    assert problem["stage"] == "validation"
    assert paths_of(problem) == {"$"}


@pytest.mark.parametrize("levels", [50, 150, 300, 500, 700, 900, 990])
async def test_a_nested_document_is_taken_or_refused_but_breaks_nothing(
    client: httpx.AsyncClient, levels: int
) -> None:
    nested = '{"a":' * levels + "1" + "}" * levels
    text = msgspec.json.encode(document()).decode()
    body = text.replace('"reason":null', f'"reason":{nested}', 1)

    answer = await client.post(ASSEMBLE, content=body, headers=JSON)

    assert answer.status_code in (200, 400), answer.text


@pytest.mark.parametrize("number", ["1e999", "-1e999", "1" * 400, "1e308", "5e-324"])
async def test_a_number_beyond_all_measure_is_refused(
    client: httpx.AsyncClient, number: str
) -> None:
    text = msgspec.json.encode(document()).decode()
    assert '"start_time":2.0' in text

    body = text.replace('"start_time":2.0', f'"start_time":{number}', 1)

    problem = problem_of(await client.post(ASSEMBLE, content=body, headers=JSON), 400)
    assert problem["stage"] == "validation"


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        ("$.song_id", {}),
        ("$.song_id", {"song_id": 7}),
        ("$.song_id", {"song_id": "a\x00b"}),
        ("$.difficulty", {"song_id": "song", "difficulty": "expert"}),
        ("$.energy_level", {"song_id": "song", "energy_level": "wild"}),
        ("$.style", {"song_id": "song", "style": "tango"}),
        ("$.seed", {"song_id": "song", "seed": "x"}),
        ("$.seed", {"song_id": "song", "seed": 0.5}),
        ("$.banned_moves", {"song_id": "song", "banned_moves": "move-1"}),
        ("$.banned_moves[0]", {"song_id": "song", "banned_moves": ["nobody"]}),
        ("$.locked_moves[0].move_id", {"song_id": "song", "locked_moves": [{"position": 0}]}),
        (
            "$.locked_moves[0].position",
            {"song_id": "song", "locked_moves": [{"position": -1, "move_id": "move-1"}]},
        ),
        (
            "$.locked_moves[0].move_id",
            {"song_id": "song", "locked_moves": [{"position": 0, "move_id": "nobody"}]},
        ),
        ("$.dificulty", {"song_id": "song", "dificulty": "beginner"}),
    ],
)
async def test_a_request_that_cannot_be_danced_is_named_with_its_path(
    client: httpx.AsyncClient, path: str, wrong: dict[str, object]
) -> None:
    problem = problem_of(await client.post(GENERATE, json=wrong), 400)

    assert problem["code"] == "invalid-request"
    assert path in paths_of(problem)


async def test_a_huge_seed_is_taken_or_refused_but_breaks_nothing(
    client: httpx.AsyncClient,
) -> None:
    for seed in (2**63, -(2**70), 10**300):
        answer = await client.post(GENERATE, json={"song_id": "song", "seed": seed})
        assert answer.status_code in (200, 400), answer.text


async def test_what_is_refused_leaves_no_trace(
    client: httpx.AsyncClient, backend: MemoryBackend
) -> None:
    tasks, files = dict(backend.tasks.history), set(backend.storage.objects)
    spoilt = document()
    spoilt["moves"] = []

    problem_of(await client.post(ASSEMBLE, json=spoilt), 400)

    assert backend.tasks.history == tasks
    assert set(backend.storage.objects) == files
    assert backend.left_behind() == []


async def test_a_body_of_another_media_type_is_refused(client: httpx.AsyncClient) -> None:
    for kind in (
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
    ):
        answer = await client.post(ASSEMBLE, content=b"{}", headers={"Content-Type": kind})

        problem = problem_of(answer, 415)
        assert problem["code"] == "unsupported-media-type"
        assert "application/json" in problem["error"]


@pytest.mark.parametrize("route", [ASSEMBLE, GENERATE])
async def test_a_body_that_is_too_large_is_refused(client: httpx.AsyncClient, route: str) -> None:
    problem = problem_of(await client.post(route, content=b" " * 8_000_001, headers=JSON), 413)

    assert problem["code"] == "body-too-large"
    assert "8 MB" in problem["error"]
