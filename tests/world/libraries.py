"""The repositories of one library, together."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from adapters.database.embeddings import SqlMoveEmbeddings
from adapters.database.engine import Database
from adapters.database.library_files import SqlLibraryFiles
from adapters.database.moves import SqlMoveRepository
from adapters.database.songs import SqlSongRepository
from adapters.memory.library import MemoryLibrary
from application.ports.library_files import LibraryFiles
from application.ports.move_embeddings import MoveEmbeddings
from application.ports.moves import MoveRepository
from application.ports.songs import SongRepository


@dataclass(frozen=True)
class Library:
    """Songs, moves, their files and the embeddings of the moves."""

    songs: SongRepository
    moves: MoveRepository
    files: LibraryFiles
    embeddings: MoveEmbeddings


def memory_library() -> Library:
    """Return an empty library in memory."""
    library = MemoryLibrary()
    return Library(library.songs, library.moves, library.files, library.embeddings)


def surrounded(library: MemoryLibrary | Library, around: Callable[[Any, str], Any]) -> Library:
    """Return the same library with trouble around each of its ports."""
    return Library(
        around(library.songs, "songs"),
        around(library.moves, "moves"),
        around(library.files, "library_files"),
        around(library.embeddings, "embeddings"),
    )


def sql_library(database: Database) -> Library:
    """Return the library of a database."""
    return Library(
        SqlSongRepository(database),
        SqlMoveRepository(database),
        SqlLibraryFiles(database),
        SqlMoveEmbeddings(database),
    )
