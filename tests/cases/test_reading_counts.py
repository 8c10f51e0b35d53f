"""The counts of a film as a WebVTT file, read by another program's parser."""

import html
import io
import re
from fractions import Fraction
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest
import webvtt  # pyright: ignore[reportMissingTypeStubs]
from hypothesis import given
from hypothesis import strategies as st

from application.planning.choreography_request import ChoreographyRequest
from domain.blueprint.model import Blueprint, BlueprintMove, OutputConfig
from domain.blueprint.timeline import laid_out
from domain.library.corrections import Correction
from domain.planning.counts import counts_of_song
from domain.rendering import webvtt as timed_text
from domain.rendering.webvtt import TimedText, escaped
from tests.world.planning import Ballroom, ballroom

pytestmark = pytest.mark.anyio

SONG = "luna-de-humo"
MILLISECOND = 0.000_501


class Cue(msgspec.Struct):
    """A cue as the parser reads it."""

    start: float
    end: float
    text: str
    name: str


def parsed(text: str) -> list[Cue]:
    captions: Any = webvtt.from_buffer(io.StringIO(text))
    return [
        Cue(
            start=each.start_in_seconds + each.start_time.milliseconds / 1000,
            end=each.end_in_seconds + each.end_time.milliseconds / 1000,
            text=each.raw_text,
            name=each.identifier or "",
        )
        for each in captions
    ]


@pytest.fixture
async def room(tmp_path: Path) -> Ballroom:
    return await ballroom(tmp_path)


async def planned(room: Ballroom, **more: object) -> Blueprint:
    request = msgspec.convert({"song_id": SONG, **more}, ChoreographyRequest)
    return (await room.planned(request)).blueprint


async def counts_and_moves(room: Ballroom, blueprint: Blueprint) -> tuple[list[Cue], list[Cue]]:
    cues = parsed(await room.read_counts(blueprint))
    counts = [cue for cue in cues if cue.name.startswith("count-")]
    moves = [cue for cue in cues if cue.name.startswith("move-")]
    assert len(counts) + len(moves) == len(cues)
    assert [cue.start for cue in cues] == sorted(cue.start for cue in cues)
    return counts, moves


async def test_a_film_has_a_cue_for_every_count_of_its_song(room: Ballroom) -> None:
    blueprint = await planned(room)
    end = laid_out(blueprint).frames / 30
    expected = counts_of_song(await room.analyze_song(SONG), end)

    counts, _ = await counts_and_moves(room, blueprint)

    assert len(counts) == len(expected) > 100
    for cue, count in zip(counts, expected, strict=True):
        assert abs(cue.start - count.start) < MILLISECOND
        assert abs(cue.end - count.end) < MILLISECOND
        assert re.sub("<.*?>", "", cue.text) == str(count.number)
        assert ("<c.count.tap>" in cue.text) is (count.number in (4, 8))


async def test_a_film_has_a_cue_for_every_move_from_its_first_frame_to_its_last(
    room: Ballroom,
) -> None:
    blueprint = await planned(room)
    frame, cuts = 0, laid_out(blueprint).cuts

    _, moves = await counts_and_moves(room, blueprint)

    for cue, cut, move in zip(moves, cuts, blueprint.moves, strict=True):
        assert abs(cue.start - Fraction(frame, 30)) < MILLISECOND
        frame += cut.frames
        assert abs(cue.end - Fraction(frame, 30)) < MILLISECOND
        name = room.moves[move.clip_id or ""].name
        assert cue.text == f"<c.move>{html.escape(name, quote=False)}</c>"


async def test_a_blueprint_edited_by_hand_keeps_the_counts_of_its_song(room: Ballroom) -> None:
    blueprint = await planned(room)
    first, *rest = blueprint.moves
    halves = (
        msgspec.structs.replace(first, duration=1.5),
        msgspec.structs.replace(
            first,
            start_time=1.5,
            duration=first.duration - 1.5,
            clip_id=None,
            video_path="clips/Ana & <Bruno> --> 1.mp4",
        ),
    )
    edited = msgspec.structs.replace(blueprint, moves=(*halves, *rest))
    before, _ = await counts_and_moves(room, blueprint)

    counts, moves = await counts_and_moves(room, edited)

    assert counts == before
    assert [cue.end for cue in moves[:2]] == [1.5, moves[2].start]
    assert moves[1].text == "<c.move>clips/Ana &amp; &lt;Bruno&gt; --&gt; 1.mp4</c>"


async def test_the_counts_follow_a_correction_of_the_song(room: Ballroom) -> None:
    blueprint = await planned(room)
    before, _ = await counts_and_moves(room, blueprint)
    correction = Correction(shift="half_beat")
    await room.library.songs.keep_correction(SONG, correction, blueprint.audio_tempo)

    after, _ = await counts_and_moves(room, blueprint)

    beat = 60 / (blueprint.audio_tempo or 1)
    distances = {min(abs(cue.start - each.start) for each in before) for cue in after[1:]}
    assert min(distances) > 0.4 * beat


async def test_a_film_counted_at_half_the_tempo_has_half_as_many_counts(room: Ballroom) -> None:
    blueprint = await planned(room)
    slow = msgspec.structs.replace(blueprint, audio_tempo=(blueprint.audio_tempo or 0) / 2)

    counts, _ = await counts_and_moves(room, blueprint)
    halved, _ = await counts_and_moves(room, slow)

    assert abs(len(halved) - len(counts) / 2) <= 1


@pytest.mark.parametrize("change", ["unknown song", "clips only"])
async def test_a_film_without_its_song_has_the_counts_of_its_clips(
    room: Ballroom, change: str
) -> None:
    blueprint = await planned(room)
    output = msgspec.structs.replace(blueprint.output_config, add_audio_overlay=False)
    other = {
        "unknown song": msgspec.structs.replace(blueprint, audio_path="songs/unknown"),
        "clips only": msgspec.structs.replace(blueprint, output_config=output),
    }[change]
    of_song, _ = await counts_and_moves(room, blueprint)

    of_clips, moves = await counts_and_moves(room, other)

    assert len(moves) == len(blueprint.moves)
    assert abs(len(of_clips) - len(of_song)) <= len(moves)
    for cue in of_clips[:32]:
        near = min(of_song, key=lambda each: abs(each.start - cue.start))
        assert abs(near.start - cue.start) < 0.06
        assert near.text == cue.text


async def test_a_film_of_unknown_clips_and_song_has_its_moves_only(room: Ballroom) -> None:
    move = BlueprintMove(video_path="clips/x.mp4", start_time=0, duration=2)
    blueprint = Blueprint(
        task_id=UUID(int=1),
        audio_path="songs/x",
        moves=(move,),
        output_config=OutputConfig(output_path="output/user_local/x.mp4"),
    )

    counts, [only] = await counts_and_moves(room, blueprint)

    assert counts == []
    assert (only.start, only.end, only.text) == (0.0, 2.0, "<c.move>clips/x.mp4</c>")


@given(
    st.lists(
        st.tuples(st.text(min_size=1), st.fractions(0, 360_000), st.fractions(0, 10)),
        min_size=1,
        max_size=8,
    )
)
def test_another_parser_reads_every_file_back(texts: list[tuple[str, Fraction, Fraction]]) -> None:
    cues = [
        TimedText(
            start=start,
            end=start + length,
            markup=f"<c.move>{escaped(' '.join(text.split()))}</c>",
            name=f"cue-{index}",
        )
        for index, (text, start, length) in enumerate(sorted(texts, key=lambda each: each[1]))
    ]

    read = parsed(timed_text.webvtt(cues, "A note"))

    assert [(cue.name, cue.text) for cue in read] == [(cue.name, cue.markup) for cue in cues]
    for back, cue in zip(read, cues, strict=True):
        assert abs(back.start - cue.start) < MILLISECOND
        assert 0.0009 < back.end - back.start < cue.end - cue.start + 0.002
