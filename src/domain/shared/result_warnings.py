"""Warnings: how a result differs from the request."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

import msgspec


class WarningCode(StrEnum):
    """Stable codes of warnings; docs/API.md describes each."""

    BEATS_UNCERTAIN = "beats-uncertain"
    CHARACTERS_NOT_DRAWN = "characters-not-drawn"
    COUNTED_AT_ANOTHER_TEMPO = "counted-at-another-tempo"
    DESCRIPTION_CUT = "description-cut"
    EXCLUDED_MOVE_DANCED = "excluded-move-danced"
    FIGURE_COUNT_DIFFERS = "figure-count-differs"
    FIGURE_MISPLACED = "figure-misplaced"
    FIGURE_MISSING = "figure-missing"
    FILM_MISSING = "film-missing"
    FILTER_DROPPED = "filter-dropped"
    HARDER_MOVE_DANCED = "harder-move-danced"
    LOCK_NOT_MET = "lock-not-met"
    MODEL_ANSWER_CORRECTED = "model-answer-corrected"
    MODEL_UNAVAILABLE = "model-unavailable"
    MOVES_OUTSIDE_FILTERS = "moves-outside-filters"
    MUSIC_LEFT_OUT = "music-left-out"
    NOTHING_ASKED = "nothing-asked"
    NOTHING_UNDERSTOOD = "nothing-understood"
    NOT_COMPARABLE = "not-comparable"
    PICTURE_REPLACED = "picture-replaced"
    RECORDING_REPLACED = "recording-replaced"
    SCENE_LONGER = "scene-longer"
    SONGS_NOT_SHOWN = "songs-not-shown"
    SONG_TOO_SHORT = "song-too-short"
    TEMPO_DIFFERS = "tempo-differs"
    UNCODED = "uncoded"
    VIDEO_LONGER = "video-longer"
    VOICE_REPLACED = "voice-replaced"
    VOICE_UNAVAILABLE = "voice-unavailable"
    WORDS_NOT_UNDERSTOOD = "words-not-understood"


MEANINGS: Final[Mapping[WarningCode, str]] = MappingProxyType(
    {
        WarningCode.BEATS_UNCERTAIN: "Another way to count the song is nearly as likely as the one "
        "that is danced.",
        WarningCode.CHARACTERS_NOT_DRAWN: "The fonts cannot show some characters of the script.",
        WarningCode.COUNTED_AT_ANOTHER_TEMPO: "More moves fit twice or half the song's tempo, so "
        "the song is counted that way.",
        WarningCode.DESCRIPTION_CUT: "The description is too long, so only its beginning was read.",
        WarningCode.EXCLUDED_MOVE_DANCED: "Too few moves are left without the excluded ones, so "
        "one of these is danced.",
        WarningCode.FIGURE_COUNT_DIFFERS: "A figure is danced more or less often than requested.",
        WarningCode.FIGURE_MISPLACED: "A figure is not danced at the requested place of the song.",
        WarningCode.FIGURE_MISSING: "A requested figure is not danced.",
        WarningCode.FILM_MISSING: "A migrated task has no film, because the older system had no "
        "file of it.",
        WarningCode.FILTER_DROPPED: "Too few moves match all filters, so a filter was dropped.",
        WarningCode.HARDER_MOVE_DANCED: "No opening or ending of the requested difficulty fits the "
        "song, so a harder one is danced.",
        WarningCode.LOCK_NOT_MET: "A locked move is not danced at its eight-count.",
        WarningCode.MODEL_ANSWER_CORRECTED: "A part of the language model's answer is not valid "
        "and was not used.",
        WarningCode.MODEL_UNAVAILABLE: "The language model did not answer, so rules read the "
        "description or the planner chose the moves.",
        WarningCode.MOVES_OUTSIDE_FILTERS: "No move that matches the filters fits a place of the "
        "song, so others are danced there.",
        WarningCode.MUSIC_LEFT_OUT: "The music that a script names is missing or cannot be played, "
        "so the video has none.",
        WarningCode.NOTHING_ASKED: "The description requests no property of a dance.",
        WarningCode.NOTHING_UNDERSTOOD: "No word of the description was understood.",
        WarningCode.NOT_COMPARABLE: "The library or the song lacks the vectors that the search "
        "compares.",
        WarningCode.PICTURE_REPLACED: "A picture is missing or cannot be shown, so another one, or "
        "a drawn background, is shown.",
        WarningCode.RECORDING_REPLACED: "A recording that a script names is missing or cannot be "
        "played, so a voice reads the scene.",
        WarningCode.SCENE_LONGER: "The voice of a scene is longer than its stated duration, so the "
        "scene lasts longer.",
        WarningCode.SONGS_NOT_SHOWN: "The library has too many songs to show all of them to the "
        "language model.",
        WarningCode.SONG_TOO_SHORT: "The song is shorter than the requested dance.",
        WarningCode.TEMPO_DIFFERS: "The song's tempo is not the requested one.",
        WarningCode.UNCODED: "An earlier version recorded the warning, before warnings had codes.",
        WarningCode.VIDEO_LONGER: "The scenes need more time than the requested duration, so the "
        "video lasts longer.",
        WarningCode.VOICE_REPLACED: "The preferred voice failed for a scene, so another one speaks "
        "it.",
        WarningCode.VOICE_UNAVAILABLE: "No voice could speak the script or a scene of it, so it is "
        "silent there.",
        WarningCode.WORDS_NOT_UNDERSTOOD: "Some words of the description were not understood.",
    }
)
"""One sentence for each code: what happened, and why."""


class ResultWarning(msgspec.Struct, frozen=True):
    """A way in which the result differs from the request."""

    code: WarningCode
    message: str
    """A sentence in English: what differs, why, and what to do."""


def filter_dropped(fewest: int, name: str, value: str) -> ResultWarning:
    """Return the warning that fewer than ``fewest`` moves match all filters."""
    message = f"Fewer than {fewest} moves match all filters, so {name}={value} was dropped."
    return ResultWarning(WarningCode.FILTER_DROPPED, message)
