"""Which song and which moves suit what was asked for."""

from collections.abc import Sequence
from math import inf
from typing import Final

from domain.library.moves import Energy, Move
from domain.library.songs import Song
from domain.planning.figure_slots import Requested
from domain.text_query.figures import is_called
from domain.text_query.meanings import FAST, MEDIUM, SLOW
from domain.text_query.words import Asked

_EXAMPLES: Final = 60
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


def requested(asked: Asked, moves: Sequence[Move]) -> Requested:
    """The figures of a description beside the moves that are such figures."""

    def ids(figure: str) -> frozenset[str]:
        return frozenset(each.id for each in moves if is_called(figure, each.label, each.name))

    styles = {
        str(style): frozenset(each.id for each in moves if each.style is style)
        for style in asked.unwanted_styles
    }
    return Requested(
        requests=asked.requests,
        figures=asked.figures,
        unwanted={**{figure: ids(figure) for figure in asked.unwanted}, **styles},
        moves={figure: ids(figure) for figure in asked.figures},
    )


def examples(asked: Asked, moves: Sequence[Move]) -> tuple[str, ...]:
    """Ids of at most 60 moves of every figure that is wanted: a dance is not chosen from all."""
    found = requested(asked, moves).moves.values()
    return tuple(dict.fromkeys(each for ids in found for each in sorted(ids)[:_EXAMPLES]))


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


def unheeded(asked: Asked, song: Song) -> tuple[str, ...]:
    """Say what of a description was not understood, and what the song is not."""
    said: list[str] = []
    words = ", ".join(f'"{each}"' for each in asked.not_understood)
    if asked.nothing and words:
        said.append(f"Nothing of the description was understood: {words}.")
    elif asked.nothing:
        said.append("The description asks for nothing in particular.")
    elif words:
        said.append(f"Not understood: {words}.")
    if asked.tempo and song.tempo and asked.tempo.distance(song.tempo) > 1:
        tempo = f"{asked.tempo.slowest:g} to {asked.tempo.fastest:g} BPM"
        said.append(f"The song has {song.tempo:.0f} BPM; {tempo} were asked for.")
    return tuple(said)
