"""Songs and moves in memory."""

from collections.abc import Iterable

from adapters.memory.library_files import MemoryLibraryFiles
from adapters.memory.moves import MemoryMoveRepository
from adapters.memory.songs import MemorySongRepository
from domain.library.moves import Move
from domain.library.songs import Song


class MemoryLibrary:
    """Opens the repositories of one library, which lasts as long as the process.

    As in a database no text may contain U+0000 or a lone surrogate: adding such a text raises
    `InvalidRequest`, searching for one finds nothing.
    """

    def __init__(self, songs: Iterable[Song] = (), moves: Iterable[Move] = ()) -> None:
        """Start with ``songs`` that are not analysed and ``moves`` without embeddings."""
        self.files = MemoryLibraryFiles()
        self.songs = MemorySongRepository(self.files, songs)
        self.moves = MemoryMoveRepository(self.files, moves)
        self.embeddings = self.moves.embeddings
