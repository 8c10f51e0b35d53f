"""Words are complete, inside the margins, in balanced lines, and can be read."""

import unicodedata
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from adapters.drawing.layers import Weights
from adapters.drawing.planes import Pixels, rgb_of
from adapters.drawing.scenes import frames_of
from adapters.drawing.text_layout import Block, area_of, block_of
from domain.scripts.contrast import NORMAL, Colour, luminance, ratio
from domain.scripts.movement import Movement
from domain.scripts.palettes import Mood
from domain.scripts.shots import ShotStyle
from tests.cases.drawing.painted import busy, plain, shot

SIZES = ((1920, 1080), (1280, 720), (3840, 2160), (1080, 1920))
STYLES: tuple[ShotStyle, ...] = ("card", "caption")
WORDS = (
    *("¿Bailamos?", "corazón", "niño", "año", "cigüeña", "«amor»", "—dijo", "¡Qué", "más", "el"),
    *("canção", "não", "coração", "mãe", "vovô", "às", "lições", "pôr-do-sol", "avó", "é", "a"),
    *("inconstitucionalissimamente", "electroencefalografista", "WWWWWWWWWWWW", "i", "1.234.567"),
)
LONGEST = "Pneumoultramicroscopicossilicovulcanoconiótico"
texts = st.lists(st.sampled_from((*WORDS, LONGEST)), min_size=1, max_size=60).map(" ".join)


def words_in(block: Block) -> list[str]:
    return " ".join(line.text for line in block.lines).split(" ")


@given(text=texts, size=st.sampled_from(SIZES), style=st.sampled_from(STYLES))
@settings(max_examples=100)
def test_no_word_is_cut_off_at_any_size(text: str, size: tuple[int, int], style: ShotStyle) -> None:
    block = block_of(text, area_of(style, *size))
    assert block is not None
    assert words_in(block) == text.split(" ")
    width, height = size
    assert block.left >= 0.05 * width
    assert block.right <= 0.95 * width
    assert block.top >= 0.05 * height
    assert block.bottom <= 0.95 * height


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("style", STYLES)
def test_letters_stay_inside_their_block(size: tuple[int, int], style: ShotStyle) -> None:
    black = plain(16, 9, (0, 0, 0))
    small = size[0] // 4, size[1] // 4
    text = "Ágil jÑ ¿Qué? «Ç» Þgjpqy fim."
    block = block_of(text, area_of(style, *small))
    assert block is not None
    frame = frames_of(shot(text, style=style), black, *small, 30).paint(0).luma
    rows, columns = np.nonzero(frame > 60)
    assert block.left - 1 <= columns.min() <= columns.max() <= block.right
    assert block.top - 1 <= rows.min() <= rows.max() <= block.bottom


def test_a_word_wider_than_the_frame_is_first_smaller_and_then_broken() -> None:
    area = area_of("caption", 1080, 1920)
    smaller, broken = block_of(LONGEST[:24], area), block_of(LONGEST * 3, area)
    assert smaller is not None
    assert [line.text for line in smaller.lines] == [LONGEST[:24]]
    assert area.readable <= smaller.size <= area.largest
    assert broken is not None
    assert len(broken.lines) > 1
    assert "".join(line.text for line in broken.lines).replace(" ", "") == LONGEST * 3
    assert broken.right <= 0.95 * 1080


def test_a_text_longer_than_the_frame_ends_with_an_ellipsis() -> None:
    block = block_of("palabra " * 5_000, area_of("caption", 320, 180))
    assert block is not None
    assert block.lines[-1].text.endswith("…")
    assert block.top >= 0.05 * 180


def test_lines_are_balanced_and_no_word_stands_alone() -> None:
    for style in STYLES:
        for size in SIZES:
            block = block_of(
                "La noche en que aprendimos a bailar bachata juntos", area_of(style, *size)
            )
            assert block is not None
            assert " " in block.lines[-1].text


def test_captions_of_a_portrait_are_larger_and_above_the_lower_fifth() -> None:
    landscape, portrait = area_of("caption", 1920, 1080), area_of("caption", 1080, 1920)
    assert portrait.largest / 1080 > landscape.largest / 1920
    assert portrait.top + portrait.height <= 0.8 * 1920


@pytest.mark.parametrize("style", STYLES)
def test_composed_and_decomposed_letters_look_the_same(style: ShotStyle) -> None:
    composed = "¿Qué canção, niño? Über já"
    pictures = [
        frames_of(shot(text, style=style), None, 320, 180, 30).paint(0).luma.copy()
        for text in (composed, unicodedata.normalize("NFD", composed))
    ]
    assert (pictures[0] == pictures[1]).all()


def test_characters_that_cannot_be_drawn_are_left_out() -> None:
    area = area_of("card", 1280, 720)
    assert block_of("日本", area) is None
    block = block_of("Hola 日本 mundo\u200b\u0007", area)
    assert block is not None
    assert words_in(block) == ["Hola", "mundo"]


PHOTOS = {
    "white": plain(64, 36, (255, 255, 255)),
    "black": plain(64, 36, (0, 0, 0)),
    "yellow": plain(64, 36, (255, 240, 0)),
    "busy": busy(340, 192),
}


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("photo", list(PHOTOS))
@pytest.mark.parametrize("size", [(320, 180), (180, 320)])
@pytest.mark.parametrize("movement", [Movement.RIGHT, Movement.IN])
def test_words_can_be_read_over_any_photo_in_every_frame(
    style: ShotStyle, photo: str, size: tuple[int, int], movement: Movement
) -> None:
    assert worst_contrast(style, PHOTOS[photo], size, movement) >= NORMAL


@pytest.mark.parametrize("mood", list(Mood))
@pytest.mark.parametrize("seed", range(3))
def test_words_can_be_read_on_every_drawn_background(mood: Mood, seed: int) -> None:
    assert worst_contrast("card", None, (320, 180), Movement.LEFT, mood, seed) >= NORMAL


def worst_contrast(
    style: ShotStyle,
    photo: Pixels | None,
    size: tuple[int, int],
    movement: Movement,
    mood: Mood = Mood.CALM,
    seed: int = 1,
) -> float:
    """The lowest contrast of the ink to any pixel behind the words, of the frames as painted."""
    text = "¿Bailamos, corazón?"
    described = shot(text, style=style, movement=movement, mood=mood, seed=seed)
    painter = frames_of(described, photo, *size, 30)
    block = block_of(text, area_of(style, *size))
    assert block is not None
    (layer,) = [each.layer for each in painter.layers[-1:]]
    worst = 21.0
    for number in (0, 44, 89):
        rgb = rgb_of(painter.paint(number))
        covered = np.zeros(size[::-1], bool)
        keeps = layer.keeps[0]
        covered[layer.top :, layer.left :][: keeps.shape[0], : keeps.shape[1]] = keeps == 0
        inside = np.zeros_like(covered)
        inside[block.top : block.bottom, block.left : block.right] = True
        ink = np.median(rgb[covered & inside], axis=0)
        # The ground is the pixels that no letter touches, not even its soft edge.
        bare = inside & (keeps_of(layer.keeps[0], covered.shape, layer.top, layer.left))
        grounds = {colour_of(pixel) for pixel in rgb[bare]}
        ordered = sorted(grounds, key=luminance)
        letters = colour_of(ink)
        worst = min(worst, *(ratio(letters, each) for each in (ordered[0], ordered[-1])))
    return worst


def colour_of(pixel: NDArray[Any]) -> Colour:
    red, green, blue = (int(part) for part in pixel)
    return red, green, blue


def keeps_of(keeps: Weights, shape: tuple[int, ...], top: int, left: int) -> NDArray[np.bool_]:
    """True where a layer keeps as much of the frame as anywhere in its row."""
    bare = np.ones(shape, bool)
    rows = keeps.max(axis=1, keepdims=True)
    bare[top : top + keeps.shape[0], left : left + keeps.shape[1]] = keeps == rows
    return bare
