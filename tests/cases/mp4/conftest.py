"""Clips and a song that many tests cut from and none changes."""

import pytest

from adapters.mp4.writer import join
from tests.cases.mp4 import shelf as shelves
from tests.cases.mp4.cuts import cut_out
from tests.cases.mp4.shelf import Shelf


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    return shelves.filled(tmp_path_factory.mktemp("shelf"))


@pytest.fixture(scope="session")
def headers(shelf: Shelf, tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """Small files of each kind: a clip, a song, a film with both."""
    film = tmp_path_factory.mktemp("headers") / "film.mp4"
    join(film, cut_out(shelf, [(0, 0, 4, None), (1, 0, 3, 1_600)]), shelf.song)
    return [path.read_bytes() for path in (shelf.clips[3].path, shelf.song.path, film)]
