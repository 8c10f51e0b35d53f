"""Which song and which moves suit what was asked for."""

from collections.abc import Sequence
from math import inf
from typing import Final

from domain.moves import Energy, Move
from domain.music import Song
from domain.wording.figures import is_called
from domain.wording.meanings import FAST, MEDIUM, SLOW
from domain.words import Asked

_NEITHER: Final = 0.5
_TEMPO: Final = {Energy.LOW: SLOW, Energy.MEDIUM: MEDIUM, Energy.HIGH: FAST}
"""Tempos of songs that suit an energy, for want of a tempo that was asked for."""


def fit(asked: Asked, move: Move) -> float:
    """How well a move suits the words, 0 to 1: 0 is unwanted, 1 wanted, one half neither.

    Where no figure was wanted every move suits that is not unwanted. A move that is both, such
    as a turn into a dip, is unwanted.
    """
    unwanted = move.style in asked.unwanted_styles or any(
        is_called(figure, move.label, move.name) for figure in asked.unwanted
    )
    if unwanted:
        return 0.0
    if not asked.figures:
        return 1.0
    wanted = any(is_called(figure, move.label, move.name) for figure in asked.figures)
    return 1.0 if wanted else _NEITHER


def choose_song(asked: Asked, songs: Sequence[Song]) -> str | None:
    """The id of the song that was named, else of the one that suits best; None of no songs.

    A song suits by its tempo, which is that of the words or else that of their energy, then by
    lasting as long as the dance is to last; of equals the first by id is taken.
    """
    if any(song.id == asked.song_id for song in songs):
        return asked.song_id
    theirs = [song for song in songs if asked.artist is not None and song.artist == asked.artist]
    tempo = asked.tempo or (_TEMPO[asked.energy_level] if asked.energy_level else None)

    def suits(song: Song) -> tuple[float, float, str]:
        off = 0.0 if tempo is None else inf if song.tempo is None else tempo.distance(song.tempo)
        return off, max(0.0, (asked.seconds or 0.0) - song.duration), song.id

    return min(theirs or songs, key=suits).id if songs else None
