"""Upgrade Blueprints of the earlier system to the current version and the current media paths."""

import re
from collections.abc import Callable
from typing import Any, Final, cast
from uuid import UUID

import msgspec

from domain.blueprint import rules, upgrades
from domain.blueprint.model import VERSION, Blueprint
from domain.shared import paths

Document = dict[str, Any]

_LIBRARY_FIELDS: Final = frozenset(
    {"move_name", "end_time", "difficulty", "energy_level", "style", "similarity_score"}
)
"""Fields of moves that some documents repeat from the library; this module drops them."""
_OUTPUT: Final = {"fps": "frame_rate", "video_format": "output_format"}
_RESOLUTION: Final = re.compile(r"([0-9]{1,5})\s*[xX]\s*([0-9]{1,5})")


class Lies(msgspec.Struct, frozen=True, kw_only=True):
    """The current place of a file of the earlier system."""

    path: str
    """Storage path."""
    move_id: str | None = None
    """Id of the move, if the file is a clip."""
    seconds: float | None = None
    """Duration in seconds, if it is known."""


Find = Callable[[str], Lies | None]
"""Finds a file by the path or the move id in an old document."""


class Brought(msgspec.Struct, frozen=True, kw_only=True):
    """A Blueprint in the current version, and notes on the changes."""

    blueprint: Blueprint
    notes: tuple[str, ...]


def blueprint_of(document: Document, task_id: UUID, owner: str, find: Find) -> Brought:
    """Return the same choreography as a Blueprint of ``owner``, with the current media paths.

    Raises `BlueprintRejected` with all errors if the document cannot be upgraded.
    """
    notes: list[str] = []
    current = upgrades.upgraded(document)
    if upgrades.version_of(document) != upgrades.version_of(current):
        notes.append(f"The document was of version {upgrades.version_of(document)}.")
    current = _with_a_song(current)
    if isinstance(current.get("moves"), list):
        moves = cast(list[object], current["moves"])
        current["moves"] = [_move(each, find, notes) for each in moves]
    output = current.get("output_config")
    if isinstance(output, dict):
        current["output_config"] = _output(cast(Document, output), owner, task_id)
    audio = current.get("audio_path")
    if isinstance(audio, str) and (song := find(audio)):
        current["audio_path"] = song.path
    # Their total was sometimes the song's duration, sometimes the film's, so it is computed again.
    current.pop("total_duration", None)
    current |= {"task_id": str(task_id), "schema_version": VERSION}
    return Brought(blueprint=rules.read(current, owner), notes=tuple(dict.fromkeys(notes)))


def _with_a_song(document: Document) -> Document:
    """Return the document with `audio_path` and `audio_tempo` taken from a nested `song` object."""
    current = dict(document)
    song = current.get("song")
    if isinstance(song, dict):
        fields = cast(Document, song)
        if isinstance(fields.get("audio_path"), str):
            del current["song"]
            current.setdefault("audio_path", fields["audio_path"])
            if fields.get("bpm"):
                current.setdefault("audio_tempo", fields["bpm"])
    return current


def _move(entry: object, find: Find, notes: list[str]) -> object:
    if not isinstance(entry, dict):
        return entry
    fields = cast(Document, entry)
    move = {name: value for name, value in fields.items() if name not in _LIBRARY_FIELDS}
    clip_id = move.pop("move_id", None)
    if clip_id is not None:
        move.setdefault("clip_id", clip_id)
    # The earlier system cut clips without their sound, whatever its Blueprints said.
    if move.pop("volume_adjustment", 0):
        notes.append("The clips' own sound stays silent, as it was in the earlier system.")
    lies = _file_of(clip_id, move.get("video_path"), find)
    if lies is None:
        return move
    move["video_path"] = lies.path
    if lies.move_id is not None:
        # Their `clip_id` was sometimes the position in the dance, sometimes the id of the move.
        move["clip_id"] = lies.move_id
    if lies.seconds is not None:
        # Their duration was the length of the dance, not the length of the clip.
        move["original_duration"] = lies.seconds
    return move


def _file_of(move_id: object, path: object, find: Find) -> Lies | None:
    for name in (path, move_id):
        if isinstance(name, str) and (lies := find(name)):
            return lies
    return None


def _output(fields: Document, owner: str, task_id: UUID) -> Document:
    output = {_OUTPUT.get(name, name): value for name, value in fields.items()}
    resolution = output.get("resolution")
    if isinstance(resolution, str) and (sides := _RESOLUTION.fullmatch(resolution.strip())):
        del output["resolution"]
        output |= {"width": int(sides[1]), "height": int(sides[2])}
    return {**output, "output_path": paths.film(owner, task_id)}
