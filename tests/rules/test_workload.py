"""A film that takes more work than is allowed is refused by the limit, and no other film is."""

import re
from fractions import Fraction
from uuid import uuid4

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.ffmpeg.video_options import encoded
from adapters.mp4 import encoder
from adapters.mp4.cutting import Encoded, frame_by_frame, is_encoded_whole, taken_apart
from domain.blueprint.model import Blueprint, BlueprintMove, OutputConfig, Transition
from domain.blueprint.timeline import Cut, Timeline, laid_out
from domain.rendering.workload import GROUP, LONGEST, FilmLimits, Workload, is_ordinary, workload
from domain.shared.errors import BlueprintRejected
from domain.shared.violations import Violation
from tests.strategies.blueprints import blueprints

LIMITS = FilmLimits()
UHD = {"width": 3840, "height": 2160, "frame_rate": 60}
NAMES = {
    "$.moves": "BACHATA_MAX_FILM_SECONDS",
    "$.output_config": "BACHATA_MAX_ENCODED_MINUTES",
    "$.output_config.video_bitrate": "BACHATA_MAX_FILM_MB",
}


def film(
    moves: int,
    seconds: float,
    clips: int,
    transition: Transition = Transition.CUT,
    **output: object,
) -> Blueprint:
    """Moves of so many seconds, each from another place of one of the clips."""
    return Blueprint(
        task_id=uuid4(),
        audio_path="songs/song",
        moves=tuple(
            BlueprintMove(
                video_path=f"clips/{index % clips}.mp4",
                start_time=index * seconds,
                duration=seconds,
                trim_start=index % 5 * 0.7,
                playback_rate=1 + index % 7 / 100,
                original_duration=seconds * 1.1 + 4,
                transition_type=transition,
            )
            for index in range(moves)
        ),
        output_config=msgspec.convert(
            {"output_path": "output/local/a.mp4", **output}, OutputConfig
        ),
    )


def work(blueprint: Blueprint, joined: bool = True) -> Workload:
    return workload(blueprint, laid_out(blueprint), {}, joined=joined)


def refused(blueprint: Blueprint, limits: FilmLimits = LIMITS) -> tuple[Violation, ...]:
    try:
        limits.check(blueprint, laid_out(blueprint))
    except BlueprintRejected as error:
        return error.violations
    return ()


def test_ten_hours_of_crossfades_at_4k60_pass_every_limit() -> None:
    violations = refused(film(2000, 18, 400, Transition.CROSSFADE, **UHD))

    assert {each.path: re.findall(r"BACHATA_\w+", each.message) for each in violations} == {
        path: [name] for path, name in NAMES.items()
    }
    assert "36,000.0 s" in violations[0].message
    assert "3,600 s" in violations[0].message
    assert "3840x2160" in violations[1].message


def test_an_hour_of_crossfades_at_4k60_takes_too_much_encoding() -> None:
    (violation,) = refused(film(2000, 1.8, 400, Transition.CROSSFADE, **UHD))
    assert "BACHATA_MAX_ENCODED_MINUTES is 120" in violation.message


@pytest.mark.parametrize(
    "ordinary",
    [
        film(200, 3, 40),
        film(200, 3, 200, Transition.CROSSFADE),
        film(200, 3, 40, Transition.CROSSFADE, width=1920, height=1080),
        film(200, 3, 40, frame_rate_mode="constant"),
        film(2000, 1.8, 400),
    ],
)
def test_an_ordinary_film_is_made(ordinary: Blueprint) -> None:
    assert refused(ordinary) == ()
    assert refused(ordinary, msgspec.structs.replace(LIMITS, joined=False)) == ()


def test_a_film_as_long_as_is_allowed_is_made_and_a_longer_one_is_not() -> None:
    assert refused(film(60, 60, 60)) == ()
    assert [each.path for each in refused(film(60, 60.01, 60))] == ["$.moves"]


@pytest.mark.parametrize("field", ["seconds", "encoded_minutes", "megabytes"])
def test_a_limit_holds_up_to_its_own_value(field: str) -> None:
    costly = film(100, 9, 100, Transition.CROSSFADE, width=1920, height=1080)
    used = work(costly)
    exact = {
        "seconds": used.seconds,
        "encoded_minutes": used.minutes,
        "megabytes": Fraction(used.size, 1_000_000),
    }[field]
    at = int(-(-exact // 1))
    assert refused(costly, msgspec.structs.replace(LIMITS, **{field: at})) == ()
    (violation,) = refused(costly, msgspec.structs.replace(LIMITS, **{field: at - 1}))
    assert re.search(rf"BACHATA_\w+ is {at - 1:,}\b", violation.message)


def really_encoded(timeline: Timeline, lengths: dict[str, Fraction]) -> int:
    """Frames that the joining encoder has made for a film whose ordinary clips are there."""
    output = timeline.output
    frames_by_cut: dict[object, int] = {}
    for cut in timeline.distinct:
        if is_encoded_whole(cut, output):
            frames_by_cut[cut] = cut.frames
            continue
        own = frame_by_frame(cut, output)
        if lengths[cut.clip] > encoder.LONGEST:
            frames_by_cut[own] = own.frames
            continue
        whole = int(lengths[cut.clip] * output.frame_rate)
        if not is_ordinary(output):
            frames_by_cut[cut.clip] = whole
        for part in taken_apart(own, range(0, whole, GROUP * output.frame_rate)):
            if isinstance(part, Encoded):
                frames_by_cut[part.cut] = part.cut.frames
    return sum(frames_by_cut.values())


@given(blueprints())
@settings(max_examples=200)
def test_no_frame_that_is_encoded_is_left_out_and_few_are_counted_twice(
    blueprint: Blueprint,
) -> None:
    timeline = laid_out(blueprint)
    lengths = {
        move.video_path: Fraction(200) if index % 5 == 4 else Fraction(60)
        for index, move in enumerate(blueprint.moves)
    }
    counted = workload(blueprint, timeline, lengths).frames
    real = really_encoded(timeline, lengths)
    group = GROUP * timeline.output.frame_rate
    assert real <= counted <= real + 2 * group * len(timeline.distinct)


@given(blueprints())
def test_a_film_that_is_not_joined_is_encoded_from_end_to_end(blueprint: Blueprint) -> None:
    timeline = laid_out(blueprint)
    counted = workload(blueprint, timeline, {}, joined=False).frames
    assert counted == sum(cut.frames for cut in set(timeline.cuts))


@given(blueprints(), st.sampled_from(["width", "height"]))
def test_a_picture_twice_as_large_takes_twice_the_work(blueprint: Blueprint, side: str) -> None:
    # Of another size than the ordinary one before and after.
    small = msgspec.structs.replace(blueprint.output_config, width=320, height=180)
    large = msgspec.structs.replace(small, **{side: 2 * getattr(small, side)})
    first, second = (
        work(msgspec.structs.replace(blueprint, output_config=output)) for output in (small, large)
    )
    assert first.frames == second.frames
    assert second.minutes == 2 * first.minutes


@given(blueprints(), st.integers(1, 5000), st.integers(1, 300), st.integers(1, 9000))
def test_what_is_refused_is_what_is_more_than_the_limit(
    blueprint: Blueprint, seconds: int, minutes: int, megabytes: int
) -> None:
    limits = FilmLimits(seconds=seconds, encoded_minutes=minutes, megabytes=megabytes)
    used = work(blueprint)
    more = {
        "$.moves": used.seconds > seconds,
        "$.output_config": used.minutes > minutes,
        "$.output_config.video_bitrate": used.size > megabytes * 1_000_000,
    }
    assert [each.path for each in refused(blueprint, limits)] == [
        p for p, bad in more.items() if bad
    ]


def test_the_numbers_are_those_of_the_encoders() -> None:
    argv = encoded("libx264", 1280, 720, 30, "2M")
    assert argv[argv.index("-g") + 1] == str(GROUP * 30)
    assert encoder.LONGEST == LONGEST


def test_cuts_of_one_beginning_are_counted_once() -> None:
    def of(frames: int) -> Cut:
        return Cut(clip="a", first=7, frames=frames, rate=Fraction(1))

    blueprint = film(1, 9, 1)
    once, twice = (
        msgspec.structs.replace(laid_out(blueprint), cuts=cuts)
        for cuts in ((of(100),), (of(100), of(200)))
    )
    used = [workload(blueprint, each, {"a": Fraction(10)}).frames for each in (once, twice)]
    assert used == [53, 53]
