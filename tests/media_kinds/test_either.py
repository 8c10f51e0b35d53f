"""Of a codec that is not promised, a file is taken and works, or is refused with its name."""

import re
from pathlib import Path
from typing import Final

import httpx
import pytest

from tests.media_kinds import films
from tests.media_kinds.clips import Make, plain
from tests.media_kinds.making import SIZE, Folder, needs
from tests.media_kinds.service import Service, cut
from tests.media_kinds.songs import encoded

CLIPS: Final[dict[str, tuple[Make, str, str]]] = {
    "h264_ulaw.mov": (plain(audio=("-c:a", "pcm_mulaw", "-ar", 8_000)), "mulaw", "pcm_mulaw"),
    "h264_adpcm.mov": (plain(audio=("-c:a", "adpcm_ima_qt")), "adpcm_ima_qt", "adpcm_ima_qt"),
    "h264_mp2.mp4": (plain(audio=("-c:a", "mp2")), "mp2", "mp2"),
    "h264_amr.3gp": (
        plain("-f", "3gp", audio=("-c:a", "libopencore_amrnb", "-ar", 8_000)),
        "amr",
        "libopencore_amrnb",
    ),
    "h264_wma.mkv": (plain(audio=("-c:a", "wmav2")), "wmav2", "wmav2"),
    "mpeg2.mp4": (plain(video=("-c:v", "mpeg2video", "-q:v", 3)), "mpeg2video", "mpeg2video"),
    "mpeg1.mkv": (plain(video=("-c:v", "mpeg1video", "-q:v", 3)), "mpeg1video", "mpeg1video"),
    "prores_4444.mov": (
        plain(video=("-c:v", "prores_ks", "-pix_fmt", "yuva444p10le")),
        "prores",
        "prores_ks",
    ),
    "h264_float.mov": (plain(audio=("-c:a", "pcm_f64be")), "pcm_f64be", "pcm_f64be"),
}
"""The maker of each, its codec as a refusal names it, and FFmpeg's encoder of it."""

SONGS: Final[dict[str, tuple[Make, str, str]]] = {
    "mulaw.wav": (encoded("-c:a", "pcm_mulaw", "-ar", 8_000), "mulaw", "pcm_mulaw"),
    "alaw.wav": (encoded("-c:a", "pcm_alaw", "-ar", 8_000), "alaw", "pcm_alaw"),
    "doubles.wav": (encoded("-c:a", "pcm_f64le"), "pcm_f64le", "pcm_f64le"),
    "mp2.mka": (encoded("-c:a", "mp2", "-f", "matroska"), "mp2", "mp2"),
    "g726.wav": (encoded("-c:a", "g726", "-ar", 8_000), "g726", "g726"),
    "big_endian.mov": (encoded("-c:a", "pcm_s16be", "-f", "mov"), "pcm_s16be", "pcm_s16be"),
    "ac3.mka": (encoded("-c:a", "ac3", "-f", "matroska"), "ac3", "ac3"),
    "eac3.mp4": (encoded("-c:a", "eac3"), "eac3", "eac3"),
}

TONES: Final = [0.3, 0.6, 0.9]
LAG: Final = 0.15
"""Seconds by which tones may be late: voice codecs delay them by more than others."""


def _made(folder: Folder, name: str, kinds: dict[str, tuple[Make, str, str]]) -> Path:
    make, _, encoder = kinds[name]
    needs(encoder)
    return folder.once(name, make, "either")


def _is_named(answer: httpx.Response, codec: str) -> None:
    assert (answer.status_code, answer.json()["code"]) == (415, "unaccepted-media"), answer.text
    assert re.search(codec, answer.json()["detail"], re.IGNORECASE), answer.text


@pytest.mark.parametrize("name", CLIPS)
def test_a_clip_works_or_is_refused_by_name(service: Service, folder: Folder, name: str) -> None:
    answer = service.bring_clip(_made(folder, name, CLIPS))
    if answer.status_code != 201:
        _is_named(answer, CLIPS[name][1])
        return
    film = films.look(service.film(cut(answer.json()["video_path"], 0, 1)), SIZE)
    assert film.quarters == "red green blue white"
    assert film.numbers == list(range(30))
    assert film.tones == pytest.approx(TONES, abs=LAG)


@pytest.mark.parametrize("name", SONGS)
def test_a_song_works_or_is_refused_by_name(service: Service, folder: Folder, name: str) -> None:
    answer = service.bring_song(_made(folder, name, SONGS))
    if answer.status_code != 201:
        _is_named(answer, SONGS[name][1])
        return
    song = answer.json()
    assert service.analysis(song["id"]).status_code == 200
    clip = service.bring_clip(folder.plain_clip()).json()
    film = service.film(cut(clip["video_path"], 0, 1, sound=0), song=song["audio_path"])
    assert films.tones_in(film) == pytest.approx(TONES, abs=LAG)
