"""From seconds to frames."""

from fractions import Fraction

from hypothesis import given

from domain.blueprint.model import Blueprint
from domain.blueprint.timeline import laid_out
from domain.shared.frame_time import exact
from tests.strategies.blueprints import blueprints


@given(blueprints(most=30))
def test_no_cut_is_ever_more_than_half_a_frame_off(blueprint: Blueprint) -> None:
    rate = blueprint.output_config.frame_rate
    at = 0
    for cut, move in zip(laid_out(blueprint).cuts, blueprint.moves, strict=True):
        assert abs(Fraction(at, rate) - exact(move.start_time)) <= Fraction(1, 2 * rate)
        at += cut.frames


@given(blueprints(most=30))
def test_the_film_has_exactly_as_many_frames_as_its_length_asks(blueprint: Blueprint) -> None:
    timeline = laid_out(blueprint)
    whole = round(blueprint.end * blueprint.output_config.frame_rate)
    assert sum(cut.frames for cut in timeline.cuts) == timeline.frames == whole
    assert all(cut.frames > 0 for cut in timeline.cuts)


@given(blueprints())
def test_every_cut_begins_at_the_frame_nearest_to_its_trim(blueprint: Blueprint) -> None:
    rate = blueprint.output_config.frame_rate
    for cut, move in zip(laid_out(blueprint).cuts, blueprint.moves, strict=True):
        assert abs(Fraction(cut.first, rate) - exact(move.trim_start)) <= Fraction(1, 2 * rate)


@given(blueprints())
def test_fades_and_crossfades_fit_into_their_cuts(blueprint: Blueprint) -> None:
    timeline = laid_out(blueprint)
    for cut in timeline.cuts:
        assert 0 <= cut.fade_in <= cut.frames
        assert 0 <= cut.fade_out <= cut.frames
        assert cut.crossfade is None or 0 < cut.crossfade.frames <= cut.frames
    assert timeline.cuts[0].crossfade is None


@given(blueprints())
def test_the_song_is_heard_when_it_is_asked_for(blueprint: Blueprint) -> None:
    soundtrack = laid_out(blueprint).soundtrack
    over = blueprint.output_config.add_audio_overlay
    assert soundtrack.song == (blueprint.audio_path if over else None)
    assert bool(soundtrack.cues) == (
        not over or any(move.volume_adjustment for move in blueprint.moves)
    )
    assert over or any(cue.volume for cue in soundtrack.cues)
