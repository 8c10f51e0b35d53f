"""Files that are made once, and the service they are brought to."""

from collections.abc import Generator

import pytest

from tests.media_kinds.making import Folder
from tests.media_kinds.service import Service


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    return Folder(tmp_path_factory.mktemp("kinds"))


@pytest.fixture(scope="session")
def _running(tmp_path_factory: pytest.TempPathFactory) -> Generator[Service]:
    service = Service(tmp_path_factory.mktemp("service"))
    yield service
    service.stop()


@pytest.fixture
def service(_running: Service) -> Generator[Service]:
    """A service that answers, before the test and after it."""
    yield _running
    if not _running.lives():
        _running.start_anew()
        pytest.fail("the service no longer answers")
