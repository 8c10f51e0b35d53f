"""Blueprints: valid ones, and ones with a rule broken."""

from datetime import UTC, datetime
from typing import Any

import msgspec
from hypothesis import strategies as st

from domain.blueprint.model import Blueprint, BlueprintMove, Difficulty, OutputConfig, Transition
from domain.shared import texts
from domain.shared.paths import film

OWNER = "local"
NAMES = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="/\\%:"),
    min_size=1,
    max_size=12,
).filter(lambda name: not name.startswith(("-", ".")) and texts.fault(name) is None)
paths = st.lists(NAMES, min_size=1, max_size=4).map("/".join)
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=6,
)

traversals = st.one_of(
    st.sampled_from(
        [
            "/etc/passwd",
            "../secret.mp4",
            "clips/../../secret.mp4",
            "clips/./a.mp4",
            "clips//a.mp4",
            "C:/windows/a.mp4",
            "C:\\windows\\a.mp4",
            "clips\\..\\a.mp4",
            "clips/a\x00.mp4",
            "clips/\n.mp4",
            "%2e%2e/secret.mp4",
            "clips/%2E%2E/secret.mp4",
            "clips%2fa.mp4",
            "clips%5Ca.mp4",
            "file:///etc/passwd",
            "http://127.0.0.1/a.mp4",
            "concat:a.mp4",
            "-i",
            "clips/-rf.mp4",
            "clips/",
            "..",
            ".",
        ]
    ),
    paths.map(lambda path: f"/{path}"),
    paths.map(lambda path: f"../{path}"),
    st.tuples(paths, paths).map("/../".join),
    st.tuples(paths, paths).map("\\".join),
)


@st.composite
def moves(draw: st.DrawFn, count: int, transition: float) -> tuple[BlueprintMove, ...]:
    """``count`` moves that follow one another, each long enough for its transitions."""
    made: list[BlueprintMove] = []
    start = 0.0
    for _ in range(count):
        shortest = max(0.1, 2 * transition + 0.01)
        length = round(draw(st.floats(shortest, shortest + 8)), draw(st.integers(2, 6)))
        rate = round(draw(st.floats(0.5, 2.0)), 4)
        trim = round(draw(st.floats(0, 5)), 3)
        unused = round(draw(st.floats(0, 1)), 3)
        whole = trim + length * rate + unused + draw(st.floats(0.01, 3))
        made.append(
            BlueprintMove(
                video_path=draw(paths),
                start_time=start,
                duration=length,
                clip_id=draw(st.none() | NAMES),
                trim_start=trim,
                trim_end=unused,
                original_duration=draw(st.sampled_from([None, whole])),
                playback_rate=rate,
                transition_type=draw(st.sampled_from(Transition)),
                volume_adjustment=draw(st.floats(0, 1)),
                reason=draw(st.none() | st.dictionaries(NAMES, json_values, max_size=2)),
            )
        )
        start = round(start + length, 6)
    return tuple(made)


@st.composite
def blueprints(draw: st.DrawFn, most: int = 6) -> Blueprint:
    """Valid Blueprints of the local user."""
    task_id = draw(st.uuids(version=4))
    transition = draw(st.sampled_from([0.0, 0.1, 0.5, 1.0]))
    output = OutputConfig(
        output_path=film(OWNER, task_id),
        video_codec=draw(st.sampled_from(["libx264", "libx265"])),
        video_bitrate=draw(st.sampled_from(["100k", "2M", "50M", "750000"])),
        audio_bitrate=draw(st.sampled_from(["32k", "128k", "512k"])),
        frame_rate=draw(st.sampled_from([24, 25, 30, 50, 60])),
        width=draw(st.integers(8, 1920)) * 2,
        height=draw(st.integers(8, 1920)) * 2,
        transition_duration=transition,
        fade_duration=draw(st.floats(0, 5)),
        normalize_audio=draw(st.booleans()),
        add_audio_overlay=draw(st.booleans()),
    )
    return Blueprint(
        task_id=task_id,
        audio_path=draw(paths),
        moves=draw(moves(draw(st.integers(1, most)), transition)),
        output_config=output,
        audio_tempo=draw(st.none() | st.floats(40, 300)),
        difficulty_level=draw(st.none() | st.sampled_from(Difficulty)),
        generation_timestamp=draw(
            st.none()
            | st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
        ),
        generation_parameters=draw(st.dictionaries(NAMES, json_values, max_size=3)),
    )


def document(blueprint: Blueprint) -> dict[str, Any]:
    """A Blueprint as a JSON document, to be spoiled."""
    return msgspec.to_builtins(blueprint)


documents = blueprints().map(document)
