"""The movement of a scene's picture: slow, even, inside the picture, and never twice the same."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from domain.scripts.movement import (
    PANS,
    ROOM,
    SPEED,
    ZOOMS,
    Movement,
    Path,
    Window,
    grid,
    movement,
    path,
    picture_size,
)

SIZES = ((1920, 1080), (1280, 720), (3840, 2160), (1080, 1920), (320, 180), (96, 54))
sizes = st.sampled_from(SIZES)
movements = st.sampled_from(list(Movement))
lengths = st.integers(1, 20_000)
rates = st.sampled_from((24, 25, 30, 50, 60))


@given(seed=st.integers(0, 2**63), count=st.integers(2, 60))
def test_two_following_scenes_never_move_the_same_way(seed: int, count: int) -> None:
    previous: Movement | None = None
    for index in range(count):
        current = movement(seed, index, previous)
        assert current == movement(seed, index, previous)
        assert current != previous
        assert not (current in ZOOMS and previous in ZOOMS)
        if previous is not None and previous in PANS and current in PANS:
            assert PANS[current] != tuple(-each for each in PANS[previous])
        previous = current


def test_all_movements_occur_and_one_of_four_is_a_zoom() -> None:
    previous: Movement | None = None
    chosen = [previous := movement(7, index, previous) for index in range(400)]
    assert set(chosen) == set(Movement)
    assert sum(each in ZOOMS for each in chosen) == 100


def corners(window: Window) -> tuple[Fraction, Fraction]:
    return window.left + window.width, window.top + window.height


@given(way=movements, frames=lengths, rate=rates, size=sizes)
def test_the_view_never_leaves_the_picture_and_keeps_its_shape(
    way: Movement, frames: int, rate: int, size: tuple[int, int]
) -> None:
    route, large = path(way, frames, rate, *size), picture_size(*size)
    for frame in {0, frames // 3, frames - 1}:
        window = route.at(frame)
        right, bottom = corners(window)
        assert window.left >= 0
        assert window.top >= 0
        assert right <= large[0]
        assert bottom <= large[1]
        assert window.width * size[1] == window.height * size[0]
        assert window.width >= size[0]


@given(way=movements, frames=lengths, rate=rates, size=sizes)
def test_the_view_moves_slowly_and_zooms_by_eight_per_cent_at_most(
    way: Movement, frames: int, rate: int, size: tuple[int, int]
) -> None:
    route, most = path(way, frames, rate, *size), SPEED * max(size) / rate
    edges = (
        route.step.left,
        route.step.top,
        route.step.left + route.step.width,
        route.step.top + route.step.height,
    )
    assert max(map(abs, edges)) <= most
    widths = route.at(0).width, route.at(frames - 1).width
    assert max(widths) / min(widths) <= 1 + ROOM <= Fraction(108, 100)


@given(way=movements, frames=st.integers(2, 3_000), size=sizes)
def test_every_movement_is_seen(way: Movement, frames: int, size: tuple[int, int]) -> None:
    route = path(way, frames, 30, *size)
    signs = tuple((each > 0) - (each < 0) for each in (route.step.left, route.step.top))
    if way in PANS:
        assert signs == PANS[way]
        assert route.step.width == route.step.height == 0
    else:
        assert (route.step.width < 0) is (way is Movement.IN)


@given(way=st.sampled_from(list(PANS)), frames=st.integers(2, 600), size=st.sampled_from(SIZES[:4]))
def test_few_positions_between_pixels_occur_in_films_of_usual_sizes(
    way: Movement, frames: int, size: tuple[int, int]
) -> None:
    route = path(way, frames, 30, *size)
    positions = {(window.left % 1, window.top % 1) for window in windows(route, frames)}
    assert len(positions) <= 2 * grid(*size) <= 16


def windows(route: Path, frames: int) -> list[Window]:
    return [route.at(frame) for frame in range(frames)]


@given(size=st.tuples(st.integers(8, 2_000), st.integers(8, 2_000)))
def test_a_picture_is_larger_than_the_film_and_even(size: tuple[int, int]) -> None:
    even = size[0] * 2, size[1] * 2
    for side, large in zip(even, picture_size(*even), strict=True):
        assert large % 2 == 0
        assert side < large <= side * (1 + ROOM) + 2
