"""Contrast as WCAG defines it, and the colours that are chosen by it."""

from hypothesis import given
from hypothesis import strategies as st

from domain.scripts.contrast import (
    BLACK,
    LARGE,
    NORMAL,
    WHITE,
    Colour,
    covered,
    ink_on,
    luminance,
    ratio,
    required,
    scrim_opacity,
)
from domain.scripts.palettes import Mood, palette

parts = st.integers(0, 255)
colours = st.tuples(parts, parts, parts)


def test_known_colours_have_their_published_contrast() -> None:
    assert ratio(WHITE, BLACK) == 21
    assert round(ratio(WHITE, (118, 118, 118)), 2) == 4.54
    assert round(ratio(WHITE, (255, 0, 0)), 2) == 4.00
    assert round(ratio((0, 0, 255), WHITE), 2) == 8.59
    assert (luminance(BLACK), round(luminance(WHITE), 9)) == (0, 1)


@given(one=colours, other=colours)
def test_a_contrast_is_between_1_and_21_whichever_colour_comes_first(
    one: Colour, other: Colour
) -> None:
    assert 1 <= ratio(one, other) <= 21
    assert ratio(one, other) == ratio(other, one)


@given(grounds=st.lists(colours, min_size=1, max_size=5))
def test_white_can_be_read_on_any_ground_under_its_scrim(grounds: list[Colour]) -> None:
    opacity = scrim_opacity(WHITE, BLACK, grounds)
    assert 0 <= opacity <= 1
    assert min(ratio(WHITE, covered(each, BLACK, opacity)) for each in grounds) >= NORMAL


@given(ground=colours)
def test_no_weaker_scrim_would_do(ground: Colour) -> None:
    opacity = scrim_opacity(WHITE, BLACK, [ground])
    if opacity:
        weaker = covered(ground, BLACK, max(0, opacity - 0.02))
        assert ratio(WHITE, weaker) < NORMAL * 1.09


@given(grounds=st.lists(colours, min_size=1, max_size=4), inks=st.lists(colours, min_size=1))
def test_the_first_ink_that_can_be_read_is_chosen(
    grounds: list[Colour], inks: list[Colour]
) -> None:
    def worst(ink: Colour) -> float:
        return min(ratio(ink, ground) for ground in grounds)

    ink = ink_on(grounds, inks)
    if worst(ink) < NORMAL:
        assert worst(ink) == max(map(worst, inks))
    else:
        assert all(worst(each) < NORMAL * 1.09 for each in inks[: inks.index(ink)])


def test_large_text_needs_less_contrast() -> None:
    assert required(54, 1920, 1080) == LARGE
    assert required(53, 1920, 1080) == NORMAL
    assert required(54, 1080, 1920) == LARGE


@given(mood=st.sampled_from(list(Mood)), seed=st.integers(0, 100))
def test_the_words_of_every_palette_can_be_read_on_its_gradient(mood: Mood, seed: int) -> None:
    colours = palette(mood, seed)
    assert min(ratio(colours.ink, each) for each in (colours.top, colours.bottom)) >= NORMAL
    assert min(ratio(colours.accent, each) for each in (colours.top, colours.bottom)) >= LARGE
