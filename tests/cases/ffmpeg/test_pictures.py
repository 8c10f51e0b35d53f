"""Pictures of every shape are fitted, faded and laid over one another."""

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest

from adapters.ffmpeg.encoder import FFmpegEncoder
from application.media.fetched_files import OnHand
from domain.blueprint.model import OutputConfig
from domain.blueprint.timeline import Crossfade, Cut
from domain.shared.errors import ClipTooShort, FFmpegFailed
from tests.cases.ffmpeg import drawn
from tests.cases.ffmpeg.drawn import names_in, path_of
from tests.media import probe

pytestmark = pytest.mark.anyio

OUTPUT = OutputConfig(output_path="output/a.mp4", width=320, height=180)


@pytest.fixture
def white(monkeypatch: pytest.MonkeyPatch) -> None:
    """Films drawn now are white all over, or, as film 0, black."""

    def plain(number: int, film: int, size: tuple[int, int]) -> np.ndarray[Any, Any]:
        return np.full((size[1], size[0], 3), 255 if film else 0, np.uint8)

    monkeypatch.setattr(drawn, "picture", plain)


def cut(
    clip: str,
    first: int,
    frames: int,
    *,
    fade_in: int = 0,
    fade_out: int = 0,
    crossfade: Crossfade | None = None,
) -> Cut:
    return Cut(
        clip=clip,
        first=first,
        frames=frames,
        rate=Fraction(1),
        fade_in=fade_in,
        fade_out=fade_out,
        crossfade=crossfade,
    )


def lit(grey: np.ndarray[Any, Any]) -> tuple[int, int, int, int]:
    """Top, bottom, left and right of what is not black."""
    rows, columns = np.where((grey > 60).any(1))[0], np.where((grey > 60).any(0))[0]
    return int(rows[0]), int(rows[-1]), int(columns[0]), int(columns[-1])


@pytest.mark.usefixtures("white")
@pytest.mark.parametrize(
    ("shape", "size", "box"),
    [
        ({"size": (320, 180)}, (320, 180), (0, 179, 0, 319)),
        ({"size": (180, 320)}, (180, 320), (0, 179, 110, 209)),
        ({"size": (1000, 401), "pixels": "yuv444p"}, (1000, 401), (26, 153, 0, 319)),
        ({"size": (160, 180), "shape": Fraction(2)}, (160, 180), (0, 179, 0, 319)),
        ({"size": (320, 180), "turned": 90}, (180, 320), (0, 179, 110, 209)),
        ({"size": (320, 180), "turned": 180}, (320, 180), (0, 179, 0, 319)),
    ],
    ids=["film", "portrait", "odd", "wide-pixels", "turned", "upside-down"],
)
async def test_a_picture_of_any_shape_is_fitted_whole(
    encoder: FFmpegEncoder,
    tmp_path: Path,
    shape: dict[str, Any],
    size: tuple[int, int],
    box: tuple[int, int, int, int],
) -> None:
    clip = drawn.draw(tmp_path / "a.mp4", 5, film=1, **shape)
    picture = (await probe().measure(clip)).picture
    assert picture is not None
    assert (picture.width, picture.height) == size
    await encoder.normalise(
        cut("a", 0, 5), OnHand({"a": clip}, probe()), OUTPUT, tmp_path / "o.mp4"
    )
    greys = drawn.greys(tmp_path / "o.mp4")
    assert [grey.shape for grey in greys] == [(180, 320)] * 5
    assert np.abs(np.subtract(lit(greys[2]), box)).max() <= 1


async def test_a_picture_that_starts_late_waits_on_its_first_frame(
    encoder: FFmpegEncoder, tmp_path: Path
) -> None:
    late = [Fraction(15 + index, 30) for index in range(30)]
    clip = drawn.draw(tmp_path / "a.mp4", 30, times=late, sound=True)
    assert (await probe().measure(clip)).seconds == Fraction(3, 2)
    for first, numbers in ((12, [0, 0, 0, 0, 1, 2]), (30, list(range(15, 21)))):
        await encoder.normalise(
            cut("a", first, 6), OnHand({"a": clip}, probe()), OUTPUT, tmp_path / "o.mp4"
        )
        assert drawn.numbers(tmp_path / "o.mp4") == numbers


async def test_a_clip_short_by_less_than_rounding_holds_its_last_frame(
    encoder: FFmpegEncoder, source: Callable[[str], Path], tmp_path: Path
) -> None:
    files = {"a": source("30.mp4")}
    await encoder.normalise(cut("a", 97, 6), OnHand(files, probe()), OUTPUT, tmp_path / "o.mp4")
    assert drawn.numbers(tmp_path / "o.mp4") == [97, 98, 99, 99, 99, 99]
    with pytest.raises(ClipTooShort):
        await encoder.normalise(cut("a", 97, 7), OnHand(files, probe()), OUTPUT, tmp_path / "o.mp4")


@pytest.mark.usefixtures("white")
async def test_fades_take_as_many_frames_as_asked(encoder: FFmpegEncoder, tmp_path: Path) -> None:
    clip = drawn.draw(tmp_path / "a.mp4", 30, film=1)
    faded = cut("a", 0, 20, fade_in=5, fade_out=4)
    await encoder.normalise(faded, OnHand({"a": clip}, probe()), OUTPUT, tmp_path / "o.mp4")
    light = [grey.mean() for grey in drawn.greys(tmp_path / "o.mp4")]
    assert light[0] < 10
    assert all(later - earlier > 30 for earlier, later in pairwise(light[:6]))
    assert min(light[5:17]) > 245
    assert all(earlier - later > 30 for earlier, later in pairwise(light[16:]))


@pytest.mark.usefixtures("white")
async def test_a_crossfade_goes_evenly_from_one_clip_to_the_next(
    encoder: FFmpegEncoder, tmp_path: Path
) -> None:
    files = {
        "white": drawn.draw(tmp_path / "a.mp4", 30, film=1),
        "black": drawn.draw(tmp_path / "b.mp4", 30),
    }
    over = Crossfade(clip="white", first=20, rate=Fraction(1), frames=5)
    await encoder.normalise(
        cut("black", 0, 20, crossfade=over), OnHand(files, probe()), OUTPUT, tmp_path / "o.mp4"
    )
    light = [grey.mean() / 255 for grey in drawn.greys(tmp_path / "o.mp4")]
    assert light == pytest.approx([5 / 6, 4 / 6, 3 / 6, 2 / 6, 1 / 6, *[0] * 15], abs=0.03)


@pytest.mark.parametrize(
    ("first", "under"), [(40, [40, 41, 42]), (98, [98, 99, 99]), (100, [99] * 3), (400, [99] * 3)]
)
async def test_the_clip_before_goes_on_and_its_last_frame_stands_in_for_what_it_lacks(
    encoder: FFmpegEncoder,
    source: Callable[[str], Path],
    tmp_path: Path,
    first: int,
    under: list[int],
) -> None:
    files = {"before": source("30.mp4"), "own": drawn.draw(tmp_path / "b.mp4", 30)}
    over = Crossfade(clip="before", first=first, rate=Fraction(1), frames=6)
    await encoder.normalise(
        cut("own", 10, 18, crossfade=over), OnHand(files, probe()), OUTPUT, tmp_path / "o.mp4"
    )
    numbers = drawn.numbers(tmp_path / "o.mp4")
    assert numbers[:3] == under
    assert numbers[6:] == list(range(16, 28))


@pytest.mark.parametrize("codec", ["libx264", "libx265"])
async def test_pieces_of_unlike_clips_join(
    encoder: FFmpegEncoder,
    source: Callable[[str], Path],
    tmp_path: Path,
    codec: Literal["libx264", "libx265"],
) -> None:
    output = OutputConfig(output_path="output/a.mp4", width=320, height=180, video_codec=codec)
    files = {name: source(name) for name in ("25.mp4", "29.97.mkv", "uneven.mp4")}
    over = Crossfade(clip="25.mp4", first=20, rate=Fraction(1), frames=4)
    cuts = [
        cut("25.mp4", 3, 17, fade_in=3),
        cut("29.97.mkv", 50, 9, crossfade=over),
        Cut(clip="uneven.mp4", first=5, frames=70, rate=Fraction(11, 10)),
    ]
    pieces = [
        await encoder.normalise(each, OnHand(files, probe()), output, tmp_path / f"{index}.mp4")
        for index, each in enumerate(cuts)
    ]
    setups = [(await probe().details(path_of(piece))).setup for piece in pieces]
    assert len(set(setups)) == 1
    joined = await encoder.concatenate(pieces, tmp_path / "joined.mp4")
    assert drawn.numbers(path_of(joined)) == [
        number for piece in pieces for number in drawn.numbers(path_of(piece))
    ]


async def test_pieces_made_for_different_films_are_not_joined(
    encoder: FFmpegEncoder, source: Callable[[str], Path], tmp_path: Path
) -> None:
    larger = OutputConfig(output_path="output/a.mp4", width=640, height=360)
    files = {"a": source("30.mp4")}
    pieces = [
        await encoder.normalise(
            cut("a", 0, 5), OnHand(files, probe()), output, tmp_path / f"{output.width}.mp4"
        )
        for output in (OUTPUT, larger)
    ]
    before = names_in(tmp_path)
    with pytest.raises(FFmpegFailed):
        await encoder.concatenate(pieces, tmp_path / "joined.mp4")
    assert names_in(tmp_path) == before
