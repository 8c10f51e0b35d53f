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


def fit(request: Asked, move: Move) -> float:
    """Return the match of a move with the words: 0 excluded, 1 requested, 0.5 neither.

    If no figure is requested, every move matches that is not excluded. A move that is both, such as
    a turn into a dip, is excluded.
    """
    unwanted = move.style in request.unwanted_styles or any(
        is_called(figure, move.label, move.name) for figure in request.unwanted
    )
    if unwanted:
        return 0.0
    if not request.figures:
        return 1.0
    is_match = any(is_called(figure, move.label, move.name) for figure in request.figures)
    return 1.0 if is_match else _NEITHER


def requested(request: Asked, moves: Sequence[Move]) -> Requested:
    """Return the figures of a description with the matching moves."""

    def ids(figure: str) -> frozenset[str]:
        return frozenset(each.id for each in moves if is_called(figure, each.label, each.name))

    styles = {
        str(style): frozenset(each.id for each in moves if each.style is style)
        for style in request.unwanted_styles
    }
    return Requested(
        requests=request.requests,
        figures=request.figures,
        unwanted={**{figure: ids(figure) for figure in request.unwanted}, **styles},
        moves={figure: ids(figure) for figure in request.figures},
    )


def examples(request: Asked, moves: Sequence[Move]) -> tuple[str, ...]:
    """Return ids of at most 60 moves of every requested figure, as examples for the planner."""
    id_sets = requested(request, moves).moves.values()
    return tuple(dict.fromkeys(each for ids in id_sets for each in sorted(ids)[:_EXAMPLES]))


def choose_song(request: Asked, songs: Sequence[Song]) -> str | None:
    """Return the id of the requested song, or else of the best match; None without songs.

    A song matches by its tempo, which follows from the words or else from their energy, then by its
    duration; ties go to the first id.
    """
    if any(song.id == request.song_id for song in songs):
        return request.song_id
    theirs = [
        song for song in songs if request.artist is not None and song.artist == request.artist
    ]
    tempo = request.tempo or (_TEMPO[request.energy_level] if request.energy_level else None)

    def suits(song: Song) -> tuple[float, float, str]:
        off = 0.0 if tempo is None else inf if song.tempo is None else tempo.distance(song.tempo)
        return off, max(0.0, (request.seconds or 0.0) - song.duration), song.id

    return min(theirs or songs, key=suits).id if songs else None


def unheeded(request: Asked, song: Song) -> tuple[ResultWarning, ...]:
    """Return warnings about words that were not understood, and about mismatches of the song."""
    warnings: list[ResultWarning] = []
    words = ", ".join(f'"{each}"' for each in request.not_understood)
    if request.nothing and words:
        message = f"No word of the description was understood: {words}."
        warnings.append(ResultWarning(WarningCode.NOTHING_UNDERSTOOD, message))
    elif request.nothing:
        message = "The description requests no property of a dance."
        warnings.append(ResultWarning(WarningCode.NOTHING_ASKED, message))
    elif words:
        message = f"Not understood: {words}."
        warnings.append(ResultWarning(WarningCode.WORDS_NOT_UNDERSTOOD, message))
    if request.tempo and song.tempo and request.tempo.distance(song.tempo) > 1:
        tempo = f"{request.tempo.slowest:g} to {request.tempo.fastest:g} BPM"
        message = f"The song has {song.tempo:.0f} BPM; the description asks for {tempo}."
        warnings.append(ResultWarning(WarningCode.TEMPO_DIFFERS, message))
    return tuple(warnings)
