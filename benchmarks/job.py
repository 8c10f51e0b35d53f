"""The job of the benchmark: the same film for every way to make it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final
from uuid import uuid4

import msgspec

from application.ports.footage import Shot
from domain.blueprint.model import Blueprint, BlueprintMove, OutputConfig
from domain.shared import paths

SONG: Final = "songs/bench"
RATES: Final = tuple(1 + percent / 100 for percent in (0, 2, -1, 3, -3, 1, -2))
"""Tempos of the moves, one after another; songs and clips are never quite of one tempo."""
OFF_KEY: Final = 1.37
"""Seconds into its clip at which a move begins that does not begin with a keyframe."""


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """One film, the files it is made of, and a folder to work in."""

    folder: Path
    ffmpeg: str
    clips: dict[str, Path]
    """The clips that are danced, by storage path."""
    spare: Path
    """A clip that is in no film yet."""
    song: Path
    blueprint: Blueprint
    data: Path
    """The service's data folder, in which all that the film needs is kept."""
    shots: tuple[Shot, ...] = ()
    """The film as runs of frames of normalised clips."""
    sound: Path = Path()
    """The song as the film has it."""
    finished: Path = Path()
    """The finished film."""

    def fresh(self, suffix: str = ".mp4") -> Path:
        """A file that is not there yet."""
        return self.folder / f"made-{uuid4().hex}{suffix}"

    def source(self, move: BlueprintMove) -> Path:
        """The file of a move's clip."""
        return self.clips[move.video_path]


def longest_rate() -> float:
    """Clip seconds that a second of the film can take."""
    return max(RATES)


def blueprint(clips: Sequence[str], film: float, moves: int, trim: float) -> Blueprint:
    """``moves`` moves of one length, each clip in turn, that fill ``film`` seconds."""
    edges = [round(film * index / moves, 6) for index in range(moves + 1)]
    task_id = uuid4()
    return Blueprint(
        task_id=task_id,
        audio_path=SONG,
        moves=tuple(
            BlueprintMove(
                video_path=clips[index % len(clips)],
                start_time=edges[index],
                duration=round(edges[index + 1] - edges[index], 6),
                trim_start=trim,
                playback_rate=RATES[index % len(RATES)],
            )
            for index in range(moves)
        ),
        output_config=OutputConfig(output_path=paths.film(paths.LOCAL_USER, task_id)),
    )


def anew(given: Blueprint) -> Blueprint:
    """The same film again: another task, another output."""
    task_id = uuid4()
    output = msgspec.structs.replace(
        given.output_config, output_path=paths.film(paths.LOCAL_USER, task_id)
    )
    return msgspec.structs.replace(given, task_id=task_id, output_config=output)


def swapped(given: Blueprint, clip: str) -> Blueprint:
    """The same film again with another clip in its middle move."""
    moves = list(given.moves)
    middle = len(moves) // 2
    moves[middle] = msgspec.structs.replace(moves[middle], video_path=clip)
    return msgspec.structs.replace(anew(given), moves=tuple(moves))
