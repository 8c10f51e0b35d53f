"""Upgrade older Blueprint documents to the current version."""

from collections.abc import Callable, Mapping
from typing import Any, Final, cast

from domain.blueprint.model import VERSION

Document = dict[str, Any]

_OLD_NAMES: Final = frozenset({"song", "song.path", "moves_used", "clips", "video_output"})


def version_of(document: Document) -> int | None:
    """Return the version that a document states, or that its field names imply; None if invalid."""
    if "schema_version" in document:
        version = document["schema_version"]
        return version if type(version) is int else None
    return 0 if _OLD_NAMES & document.keys() else VERSION


def upgraded(document: Document) -> Document:
    """Return the same choreography as a document of the current version.

    Invalid parts stay as they are, so that the rules report them.
    """
    current = document
    while (version := version_of(current)) in _UPGRADES:
        current = _UPGRADES[version](current)
    return current


def _from_0_to_1(document: Document) -> Document:
    """Rename `song.path`, `moves_used` (or `clips`) and `video_output` to the current names."""
    new = {name: value for name, value in document.items() if name != "schema_version"}
    song = new.get("song")
    if isinstance(song, Mapping) and cast(Document, song).keys() == {"path"}:
        new.setdefault("audio_path", cast(Document, new.pop("song"))["path"])
    elif isinstance(song, str):
        new.setdefault("audio_path", new.pop("song"))
    for old, name in (
        ("song.path", "audio_path"),
        ("moves_used", "moves"),
        ("clips", "moves"),
        ("video_output", "output_config"),
    ):
        if old in new and name not in new:
            new[name] = new.pop(old)
    output = new.get("output_config")
    if isinstance(output, str):
        new["output_config"] = {"output_path": output}
    elif isinstance(output, dict) and "path" in output and "output_path" not in output:
        renamed = cast(Document, output)
        rest = {name: value for name, value in renamed.items() if name != "path"}
        new["output_config"] = {"output_path": renamed["path"], **rest}
    # Their total was sometimes the song's duration, sometimes the film's, so it is computed again.
    new.pop("total_duration", None)
    return {**new, "schema_version": 1}


_UPGRADES: Final[Mapping[int | None, Callable[[Document], Document]]] = {0: _from_0_to_1}
