"""Rules of the numbers that moves are compared by."""

import math
import struct
from fractions import Fraction

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.blueprint.model import Difficulty
from domain.library.embeddings import (
    LENGTH,
    LENGTHS,
    WEIGHTS,
    Fused,
    MoveEmbedding,
    Part,
    Rows,
    Vector,
    faults,
    fused,
    packed,
    unpacked,
    words_of,
)
from domain.library.move_faults import move_faults
from domain.library.moves import Energy, Move, Style
from tests.strategies.entries import vector, vectors

SOUND = MoveEmbedding(
    move_id="a",
    rows=Rows(**{part.value: packed([1.0] + [0.0] * (LENGTHS[part] - 1)) for part in Part}),
    energy_start=0.0,
    energy_end=1.0,
)
MOVE = Move(
    id="a",
    name="Basic",
    label="cross_body_lead",
    video_path="clips/a.mp4",
    difficulty=Difficulty.BEGINNER,
    energy_level=Energy.LOW,
    style=Style.ROMANTIC,
    duration=8.0,
    tempo=128.0,
    beats=(0.5, 1.0),
    first_count=0.5,
)


def wrong(embedding: MoveEmbedding) -> list[str]:
    return [violation.path for violation in faults(embedding)]


def test_the_three_parts_make_1024_numbers() -> None:
    assert LENGTH == 1024
    assert sum(WEIGHTS.values()) == pytest.approx(1)


@given(st.integers(), st.integers(), st.integers())
def test_each_part_of_a_fused_row_is_as_long_as_its_weight(
    pose: int, audio: int, text: int
) -> None:
    numbers = unpacked(vector(pose, audio, text))
    lengths = [math.hypot(*numbers[a:b]) for a, b in ((0, 512), (512, 640), (640, 1024))]
    assert lengths == pytest.approx([0.35, 0.35, 0.30], abs=1e-6)


def test_a_part_that_is_missing_is_zeros() -> None:
    numbers = unpacked(vector(None, 3, None))
    assert not any(numbers[:512]) and any(numbers[512:640]) and not any(numbers[640:])


@given(st.floats(1e-6, 1e6))
def test_how_long_a_part_was_does_not_matter(scale: float) -> None:
    ones = fused(Rows(audio=packed([1.0] * 128)))
    assert unpacked(fused(Rows(audio=packed([scale] * 128)))) == unpacked(ones)


@given(vectors, vectors, st.randoms(use_true_random=False))
def test_the_product_of_two_fused_rows_is_exact_in_any_order(
    one: Fused, other: Fused, chance: object
) -> None:
    pairs = list(zip(unpacked(one), unpacked(other), strict=True))
    true = sum(Fraction(a) * Fraction(b) for a, b in pairs)
    chance.shuffle(pairs)  # pyright: ignore
    assert Fraction(sum(a * b for a, b in pairs)) == true


@given(st.lists(st.floats(width=32), max_size=20))
def test_a_vector_is_four_little_endian_bytes_a_number(numbers: list[float]) -> None:
    packed_vector = packed(numbers)
    assert packed_vector == b"".join(struct.pack("<f", number) for number in numbers)
    assert packed(unpacked(packed_vector)) == packed_vector


@pytest.mark.parametrize(
    "bad", [b"", bytes(511 * 4), packed([math.nan] * 512), packed([math.inf] + [0.0] * 511)]
)
def test_what_cannot_be_fused_is_refused(bad: Vector) -> None:
    with pytest.raises(ValueError, match="512 finite numbers"):
        fused(Rows(pose=bad))


def test_a_sound_entry_has_no_faults() -> None:
    assert wrong(SOUND) == []
    assert wrong(msgspec.structs.replace(SOUND, rows=Rows())) == []


def test_every_fault_is_found_at_once() -> None:
    rows = Rows(
        pose=bytes(4 * 511),
        audio=packed([math.nan] * 128),
        text=packed([0.0] * 384),
    )
    broken = msgspec.structs.replace(SOUND, rows=rows, energy_start=-0.1, energy_end=1.5)
    assert wrong(broken) == [
        "$.pose_embedding",
        "$.audio_embedding",
        "$.text_embedding",
        "$.energy_start",
        "$.energy_end",
    ]


def test_a_row_that_is_not_of_length_one_is_a_fault() -> None:
    off = msgspec.structs.replace(SOUND, rows=Rows(audio=packed([0.1] * 128)))
    assert wrong(off) == ["$.audio_embedding"]


def test_a_move_is_said_in_plain_words() -> None:
    assert words_of(MOVE) == "Basic cross body lead beginner low romantic"


@pytest.mark.parametrize("seconds", [None, 8.0, 8.04, 7.96])
def test_a_sound_move_has_no_faults(seconds: float | None) -> None:
    assert move_faults(MOVE, seconds) == ()


def test_every_fault_of_a_move_is_found_at_once() -> None:
    broken = msgspec.structs.replace(MOVE, tempo=400.0, first_count=9.0, beats=(1.0, 0.5, 99.0))
    assert [each.path for each in move_faults(broken, 7.0)] == [
        "$.duration",
        "$.tempo",
        "$.first_count",
        "$.beats",
        "$.beats",
    ]
