"""Match songs and moves with a description."""

from collections.abc import Sequence
from math import inf
from typing import Final

from domain.library.moves import Energy, Move
from domain.library.songs import Song
from domain.planning.figure_slots import Requested
from domain.shared.result_warnings import ResultWarning, WarningCode
from domain.text_query.figures import is_called
from domain.text_query.meanings import FAST, MEDIUM, SLOW
from domain.text_query.words import Asked

_EXAMPLES: Final = 60
_NEITHER: Final = 0.5
_TEMPO: Final = {Energy.LOW: SLOW, Energy.MEDIUM: MEDIUM, Energy.HIGH: FAST}
"""Suitable tempos of songs for an energy, if no tempo is requested."""


def fit(asked: Asked, move: Move) -> float:
    """Return the match of a move with the words: 0 excluded, 1 requested, 0.5 neither.

    If no figure is requested, every move matches that is not excluded. A move that is both, such as
    a turn into a dip, is excluded.
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
    """Return the figures of a description with the matching moves."""

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
    """Return ids of at most 60 moves of every requested figure, as examples for the planner."""
    found = requested(asked, moves).moves.values()
    return tuple(dict.fromkeys(each for ids in found for each in sorted(ids)[:_EXAMPLES]))


def choose_song(asked: Asked, songs: Sequence[Song]) -> str | None:
    """Return the id of the requested song, or else of the best match; None without songs.

    A song matches by its tempo, which follows from the words or else from their energy, then by its
    duration; ties go to the first id.
    """
    if any(song.id == asked.song_id for song in songs):
        return asked.song_id
    theirs = [song for song in songs if asked.artist is not None and song.artist == asked.artist]
    tempo = asked.tempo or (_TEMPO[asked.energy_level] if asked.energy_level else None)

    def suits(song: Song) -> tuple[float, float, str]:
        off = 0.0 if tempo is None else inf if song.tempo is None else tempo.distance(song.tempo)
        return off, max(0.0, (asked.seconds or 0.0) - song.duration), song.id

    return min(theirs or songs, key=suits).id if songs else None


def unheeded(asked: Asked, song: Song) -> tuple[ResultWarning, ...]:
    """Return warnings about words that were not understood, and about mismatches of the song."""
    said: list[ResultWarning] = []
    words = ", ".join(f'"{each}"' for each in asked.not_understood)
    if asked.nothing and words:
        message = f"No word of the description was understood: {words}."
        said.append(ResultWarning(WarningCode.NOTHING_UNDERSTOOD, message))
    elif asked.nothing:
        message = "The description requests no property of a dance."
        said.append(ResultWarning(WarningCode.NOTHING_ASKED, message))
    elif words:
        message = f"Not understood: {words}."
        said.append(ResultWarning(WarningCode.WORDS_NOT_UNDERSTOOD, message))
    if asked.tempo and song.tempo and asked.tempo.distance(song.tempo) > 1:
        tempo = f"{asked.tempo.slowest:g} to {asked.tempo.fastest:g} BPM"
        message = f"The song has {song.tempo:.0f} BPM; the description asks for {tempo}."
        said.append(ResultWarning(WarningCode.TEMPO_DIFFERS, message))
    return tuple(said)
