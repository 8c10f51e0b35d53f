"""The scores: what is written, and the clock that follows."""

from itertools import pairwise

import pytest

from adapters.demo.music.harmony import chord, melody, voicing
from adapters.demo.music.score import DemoSong, score
from adapters.demo.music.songs import SONGS

every_song = pytest.mark.parametrize("song", SONGS, ids=lambda song: song.slug)


def test_there_are_three_songs_from_slow_to_fast() -> None:
    assert [song.tempo for song in SONGS] == [120.0, 126.0, 134.0]
    assert len({song.slug for song in SONGS}) == 3
    assert len({song.key for song in SONGS}) == 3


@every_song
def test_a_song_has_every_kind_of_section(song: DemoSong) -> None:
    assert {section.name for section in song.form} == {
        "intro",
        "verse",
        "chorus",
        "mambo",
        "outro",
    }


@every_song
def test_a_song_lasts_between_sixty_and_eighty_seconds(song: DemoSong) -> None:
    assert 60 <= score(song).duration <= 80


@every_song
def test_beat_k_is_at_k_sixtieths_of_the_tempo(song: DemoSong) -> None:
    song_score = score(song)
    assert song_score.beats == tuple(k * 60 / song.tempo for k in range(8 * song.eight_counts))
    assert song_score.beats[0] == 0.0
    assert song_score.downbeats == song_score.beats[::4]
    assert song_score.ones == song_score.beats[::8]


@every_song
def test_sections_follow_one_another_on_ones_and_the_ring_comes_after(song: DemoSong) -> None:
    song_score = score(song)
    assert song_score.sections[0].start == 0.0
    assert all(before.end == after.start for before, after in pairwise(song_score.sections))
    assert {section.start for section in song_score.sections} <= set(song_score.ones)
    assert song_score.sections[-1].end == song.eight_counts * 8 * 60 / song.tempo
    assert song_score.duration == song_score.sections[-1].end + song_score.ring


@every_song
def test_every_bar_of_melody_has_four_beats_and_every_bar_a_chord(song: DemoSong) -> None:
    for part in song.parts:
        assert len(part.chords) % 2 == 0
        assert len(part.melody) * 2 % len(part.chords) == 0
        for phrase in part.melody:
            bars = [sum(note.beats for note in melody(bar)) for bar in phrase.split("|")]
            assert bars == [4.0, 4.0], (part.name, phrase)


@every_song
def test_held_notes_of_the_melody_never_rub_against_the_chord(song: DemoSong) -> None:
    for part in song.parts:
        for eight, phrase in enumerate(part.melody):
            for note in melody(phrase):
                if note.midi is None or note.beats < 1:
                    continue
                bar = 2 * eight + int(note.beat) // 4
                below = chord(part.chords[bar % len(part.chords)]).pitch_classes
                # A semitone above a chord's tone is the harshest of intervals.
                assert note.midi % 12 in below or (note.midi - 1) % 12 not in below, note


def test_the_segunda_moves_by_small_steps_from_chord_to_chord() -> None:
    voices = voicing(chord("Am"))
    for name in ("F", "Dm", "E7", "Am", "G", "C"):
        after = voicing(chord(name), voices)
        assert {note % 12 for note in after} <= chord(name).pitch_classes
        assert max(abs(a - b) for a, b in zip(voices, after, strict=True)) <= 4
        voices = after
