"""An upload of an unusable file is refused with a sentence that names the reason."""

import re
from pathlib import Path

import httpx
import pytest

from tests.media_kinds import refused
from tests.media_kinds.making import Folder, needs
from tests.media_kinds.refused import Refused
from tests.media_kinds.service import Service

_OURS = ("arrived", "/media/", "work/", "clips/new", "songs/new", "whitelist")
"""Texts that no answer may contain: local paths, and FFmpeg's words for its own options."""


def _made(folder: Folder, name: str, kinds: dict[str, Refused]) -> Path:
    needs(kinds[name].encoder)
    return folder.once(name, kinds[name].make, "refused")


def _is_refused(answer: httpx.Response, kind: Refused) -> None:
    assert answer.status_code < 500, answer.text
    problem = answer.json()
    assert (answer.status_code, problem.get("code")) in kind.answers, answer.text
    said = f"{problem['detail']} {problem['details'] or ''}"
    assert re.search(kind.named, said, re.IGNORECASE), said
    assert [each for each in _OURS if each in said] == []


@pytest.mark.parametrize("name", refused.CLIPS)
def test_what_is_no_clip_is_refused(service: Service, folder: Folder, name: str) -> None:
    file = _made(folder, name, refused.CLIPS)
    _is_refused(service.bring_clip(file), refused.CLIPS[name])


@pytest.mark.parametrize("name", refused.SONGS)
def test_what_is_no_song_is_refused(service: Service, folder: Folder, name: str) -> None:
    file = _made(folder, name, refused.SONGS)
    _is_refused(service.bring_song(file), refused.SONGS[name])
