"""A script on the disk, and the pictures and recordings that lie beside it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click
import msgspec

from domain.scripts import scenes
from domain.scripts.script import MAX_BYTES, decoded, text_of
from domain.storage.asset_files import UploadedKind
from entrypoints.cli.input_file import bytes_in

STDIN: Final = Path("-")


class OwnFile(msgspec.Struct, frozen=True):
    """A picture or a recording of the author."""

    file: Path
    kind: UploadedKind


class ScriptFile(msgspec.Struct, frozen=True, kw_only=True):
    """A script and the author's files that it names."""

    content: str
    files: tuple[OwnFile, ...]
    """Those that lie beside the script; the service may have others under their names."""


def script_in(file: Path, music: str | None) -> ScriptFile:
    """Return the script of a file, or of the standard input for `-`, with its files.

    ``music`` is a file, or the name of music that the service has. Raises `InvalidRequest` with the
    line of every violation, `TooLarge`, and click's own error if a file cannot be read.
    """
    content = text_of(decoded(bytes_in(None if file == STDIN else file, MAX_BYTES)))
    # Check the text of the author, because the line of the music moves the others.
    reading = scenes.read(content)
    files = () if file == STDIN else tuple(_beside(file.parent, reading))
    if music is not None:
        place = Path(music)
        if place.is_file():
            files = (*files, OwnFile(place, UploadedKind.AUDIO))
        elif place.name != music:
            raise click.UsageError(f"There is no file {music!r}.")
        content = scenes.with_music(content, place.name)
    return ScriptFile(content=content, files=files)


def _beside(folder: Path, reading: scenes.Reading) -> Iterator[OwnFile]:
    """Yield the files in the folder of a script that it names, each once."""
    pictures = (scene.image for scene in reading.scenes)
    recordings = (*(scene.audio for scene in reading.scenes), reading.head.music)
    for kind, names in ((UploadedKind.IMAGE, pictures), (UploadedKind.AUDIO, recordings)):
        for name in dict.fromkeys(filter(None, names)):
            # A script of somebody else reaches no other folder.
            if Path(name).name == name and (folder / name).is_file():
                yield OwnFile(folder / name, kind)
