"""The measures of a dance, on dances whose measures are known."""

import msgspec
import pytest

from domain.blueprint.model import BlueprintMove, Difficulty
from domain.library.moves import Energy, Move, Style
from domain.library.songs import Analysis, Section
from domain.planning.metrics import quality, shared_time

SONG = Analysis(
    tempo=120,
    beats=tuple(k / 2 for k in range(64)),
    ones=tuple(4.0 * k for k in range(8)),
    sections=(
        Section(name="a", start=0, end=16, energy=0.2),
        Section(name="b", start=16, end=32, energy=0.9),
    ),
    duration=32,
    analyzed_by="test",
)
LIBRARY = [
    Move(
        id=f"m{k}",
        name="m",
        label="basic" if k % 2 else "spin",
        video_path="clips/a",
        difficulty=Difficulty.ADVANCED if k > 5 else Difficulty.BEGINNER,
        energy_level=Energy.HIGH if k > 3 else Energy.LOW,
        style=Style.ROMANTIC,
        duration=8,
        tempo=120,
    )
    for k in range(16)
]


def dance(
    *ids: int, late: float = 0.0, rate: float = 1.0, trim: float = 0.0
) -> list[BlueprintMove]:
    return [
        BlueprintMove(
            clip_id=f"m{each}",
            video_path="clips/a",
            start_time=4.0 * k + (late if k else 0),
            duration=4.0 + (late if not k else 0),
            playback_rate=rate,
            trim_start=trim,
        )
        for k, each in enumerate(ids)
    ]


EVERY = range(8)


def test_a_dance_on_the_beat_has_no_errors() -> None:
    measured = quality(dance(*EVERY), SONG, LIBRARY)
    assert measured.cut_error_worst == measured.cut_error_median == 0
    assert measured.step_error_median == 0
    assert measured.steps_on_the_beat == 1
    assert measured.energy_correlation == pytest.approx(1)
    assert (measured.repeated, measured.coverage, measured.too_hard) == (0, 0.5, 0)
    assert measured.continuity == 1


def test_cuts_are_measured_on_their_frames_from_the_nearest_one() -> None:
    measured = quality(dance(*EVERY, late=0.11), SONG, LIBRARY)
    assert measured.cut_error_worst == pytest.approx(100)
    assert measured.cut_error_median == pytest.approx(100)
    assert quality(dance(*EVERY, late=3.9), SONG, LIBRARY).cut_error_worst == pytest.approx(100)


def test_steps_are_measured_as_they_are_played() -> None:
    early = quality(dance(*EVERY, trim=0.06), SONG, LIBRARY)
    assert early.step_error_median == pytest.approx(60)
    assert early.steps_on_the_beat == 0
    faster = quality(dance(*EVERY, rate=1.02), SONG, LIBRARY)
    assert 0.5 < faster.steps_on_the_beat < 1
    moves = [
        msgspec.structs.replace(m, beats=tuple(0.06 + k / 2 for k in range(16))) for m in LIBRARY
    ]
    assert quality(dance(*EVERY), SONG, moves).steps_on_the_beat == 0
    assert quality(dance(*EVERY, trim=0.06), SONG, moves).steps_on_the_beat == 1


def test_beats_of_a_song_that_are_not_known_are_even_between_its_ones() -> None:
    unheard = msgspec.structs.replace(SONG, beats=())
    assert quality(dance(*EVERY), unheard, LIBRARY).step_error_median == 0
    late = msgspec.structs.replace(SONG, beats=SONG.beats[5:40])
    assert quality(dance(*EVERY), late, LIBRARY).step_error_median == 0


def test_repetition_coverage_and_difficulty_are_shares() -> None:
    measured = quality(dance(0, 1, 0, 7, 6, 1, 0, 2), SONG, LIBRARY, wish=Difficulty.INTERMEDIATE)
    assert measured.repeated == 3 / 8
    assert measured.coverage == 5 / 16
    assert measured.too_hard == 2 / 8


def test_continuity_is_of_motion_where_it_is_known_and_of_labels_where_not() -> None:
    motion = {f"m{k}": (0.2, 0.5) for k in range(8)}
    assert quality(dance(*EVERY), SONG, LIBRARY, motion=motion).continuity == pytest.approx(0.7)
    assert quality(dance(1, 3, 5, 7, 9), SONG, LIBRARY).continuity == 0


def test_energy_that_is_all_the_same_has_no_correlation() -> None:
    assert quality(dance(*[0, 1, 2, 3] * 2), SONG, LIBRARY).energy_correlation is None


def test_what_is_kept_of_a_dance_is_a_share_of_its_time() -> None:
    assert shared_time(dance(*EVERY), dance(*EVERY)) == 1
    assert shared_time(dance(*EVERY), dance(0, 1, 2, 3, 9, 9, 9, 9)) == 0.5
