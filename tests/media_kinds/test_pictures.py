"""Clips of every codec, colour, shape and timing are taken in, and right in a film."""

import pytest

from tests.media_kinds.filming import is_taken_and_right
from tests.media_kinds.making import Folder
from tests.media_kinds.pictures import PICTURES
from tests.media_kinds.service import Service


@pytest.mark.parametrize("name", PICTURES)
def test_a_clip_is_taken_and_is_right_in_a_film(
    service: Service, folder: Folder, name: str
) -> None:
    is_taken_and_right(service, folder, name, PICTURES)
