"""Clips and a song that many tests cut from and none changes."""

import pytest

from adapters.mp4.writer import join
from tests.cases.mp4 import reference
from tests.cases.mp4.cuts import cut_out
from tests.cases.mp4.reference import ReferenceFiles


@pytest.fixture(scope="session")
def artifacts(tmp_path_factory: pytest.TempPathFactory) -> ReferenceFiles:
    return reference.filled(tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="session")
def headers(artifacts: ReferenceFiles, tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """Small files of each kind: a clip, a song, a film with both."""
    film = tmp_path_factory.mktemp("headers") / "film.mp4"
    join(film, cut_out(artifacts, [(0, 0, 4, None), (1, 0, 3, 1_600)]), artifacts.song)
    return [path.read_bytes() for path in (artifacts.clips[3].path, artifacts.song.path, film)]
