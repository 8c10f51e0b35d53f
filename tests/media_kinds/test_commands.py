"""The commands accept and refuse the same files as the HTTP API."""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest

from tests.media_kinds import clips, pictures, refused, songs
from tests.media_kinds.making import Folder, needs
from tests.media_kinds.service import Said, command, commands

CLIPS: Final = (
    *("phone.mp4", "phone.mov", "fragments.mp4", "plain.mkv", "recorder.webm", "plain.webm"),
    *("matroska_inside.mp4", "mp4_inside.mkv", "cover_first.mp4", "still_first.mp4"),
    *("silent_sound_first.mp4", "title_no_utf8.mp4", "mjpeg_pcm.mov", "hlg_only_transfer.mp4"),
    *("begins_after_a_day.mp4", "begins_after_a_day.mkv"),
)
NO_CLIPS: Final = (
    *("qtrle.mov", "theora.mkv", "ffv1.mkv", "still_and_song.mp4", "text.mp4", "one_frame.mp4"),
    *("empty.mp4", "index_in_front_cut.mp4", "index_missing.mp4", "only_its_type.mp4"),
)
SONGS: Final = (
    *("plain.wav", "large.rf64", "shop.mp3", "plain.flac", "vorbis.ogg", "voice.opus"),
    *("plain.aac", "plain.m4a", "recorder.webm", "film.mp4", "no_suffix", "of_a_pipe.wav"),
    *("vbr_no_header.mp3", "zeros_before.mp3", "rubbish_inside.mp3", "id3_before.flac"),
    *("still_beside.mkv", "info_latin1.wav", "id3_no_text.mp3", "chained_vorbis.ogg"),
)
NO_SONGS: Final = (
    *("layer2.mp3", "tta.mka", "no_samples.wav", "no_sound.mp4", "text.mp3", "empty.wav"),
    *("adpcm.wav", "head_alone.flac"),
)
LONG: Final = 240.0
"""Seconds after which many files one after another never end."""


def _gathered(
    folder: Folder, into: Path, names: Sequence[str], makes: dict[str, Any], kind: str
) -> Path:
    into.mkdir()
    for name in names:
        needs(makes[name].encoder)
        shutil.copy(folder.once(name, makes[name].make, kind), into / name)
    return into


def _report(said: Said) -> dict[str, dict[str, Any]]:
    """Return the outcome for every imported clip, by its id."""
    assert said.status == 0, said.err
    return {move["id"]: move for move in msgspec.json.decode(said.out)["moves"]}


def _why(move: dict[str, Any]) -> str:
    return " ".join(note["message"] for note in move["notes"])


def test_a_folder_of_clips_of_every_kind_is_imported(folder: Folder, tmp_path: Path) -> None:
    kinds = clips.CLIPS | pictures.PICTURES
    here = _gathered(folder, tmp_path / "clips", CLIPS, kinds, "clip")
    said = command(tmp_path / "data", "library", "import", here, "--json", within=LONG)
    report = _report(said)

    assert len(report) == len(CLIPS)
    refused_ones = {name: _why(m) for name, m in report.items() if m["outcome"] != "added"}
    assert refused_ones == {}


def test_clips_that_are_refused_keep_none_of_the_others_out(folder: Folder, tmp_path: Path) -> None:
    here = _gathered(folder, tmp_path / "clips", NO_CLIPS, refused.CLIPS, "refused")
    shutil.copy(folder.plain_clip(), here / "a good one.mp4")
    said = command(tmp_path / "data", "library", "import", here, "--json", within=LONG)
    report = _report(said)

    outcomes = [move["outcome"] for move in report.values()]
    assert (outcomes.count("added"), outcomes.count("refused")) == (1, len(NO_CLIPS))
    why = " ".join(_why(move).lower() for move in report.values())
    assert [each for each in ("qtrle", "theora", "ffv1", "empty") if each not in why] == []


def test_clips_of_every_kind_are_added_one_by_one(folder: Folder, tmp_path: Path) -> None:
    kinds = clips.CLIPS | pictures.PICTURES
    names = ("recorder.webm", "matroska_inside.mp4", "mjpeg_pcm.mov", "still_first.mp4")
    here = _gathered(folder, tmp_path / "clips", names, kinds, "clip")
    lines = [["library", "add-move", str(here / name)] for name in names]
    ends = commands(tmp_path / "data", lines, within=LONG)

    failed = {name: end.err for name, end in zip(names, ends, strict=True) if end.status}
    assert failed == {}
    told = zip(names, ends, strict=True)
    wrong = {n: e.err for n, e in told if f"{kinds[n].seconds:.1f} s" not in e.err + e.out}
    assert wrong == {}


def test_songs_of_every_kind_are_added_one_by_one(folder: Folder, tmp_path: Path) -> None:
    here = _gathered(folder, tmp_path / "songs", SONGS, songs.SONGS, "song")
    lines = [["library", "add-song", str(here / name), "--title", name] for name in SONGS]
    ends = commands(tmp_path / "data", lines, within=LONG)

    failed = {name: end.err for name, end in zip(SONGS, ends, strict=True) if end.status}
    assert failed == {}


@pytest.mark.parametrize("words", [("library", "add-song"), ("song", "analyze")])
def test_what_is_no_song_is_refused_in_a_sentence(
    folder: Folder, tmp_path: Path, words: tuple[str, ...]
) -> None:
    here = _gathered(folder, tmp_path / "songs", NO_SONGS, refused.SONGS, "refused")
    ends = commands(tmp_path / "data", [[*words, str(here / name)] for name in NO_SONGS])

    assert [end.status for end in ends] == [1] * len(NO_SONGS)
    said = dict(zip(NO_SONGS, (end.err.lower() for end in ends), strict=True))
    assert [name for name, text in said.items() if "traceback" in text or not text] == []
    assert "mp2" in said["layer2.mp3"]
    assert "tta" in said["tta.mka"]
    assert "adpcm_ms" in said["adpcm.wav"]
    assert "empty" in said["empty.wav"]
    assert "sound" in said["no_samples.wav"]


def test_songs_of_every_kind_are_analyzed(folder: Folder, tmp_path: Path) -> None:
    names = ("info_latin1.wav", "id3_before.flac", "of_a_pipe.wav", "recorder.webm")
    here = _gathered(folder, tmp_path / "songs", names, songs.SONGS, "song")
    ends = commands(
        tmp_path / "data", [["song", "analyze", "--json", str(here / name)] for name in names]
    )

    assert {n: e.err for n, e in zip(names, ends, strict=True) if e.status} == {}
    for name, end in zip(names, ends, strict=True):
        heard = msgspec.json.decode(end.out)
        assert heard["duration"] == pytest.approx(songs.SONGS[name].seconds, abs=0.1)


def test_what_is_no_file_keeps_nobody_waiting(folder: Folder, tmp_path: Path) -> None:
    here = tmp_path / "clips"
    (here / "a folder.mp4").mkdir(parents=True)
    os.mkfifo(here / "nobody writes.mp4")
    (here / "nowhere.mp4").symlink_to(here / "gone.mp4")
    shutil.copy(folder.plain_clip(), here / "a good one.mp4")
    data = tmp_path / "data"
    added = _report(command(data, "library", "import", here, "--json"))

    outcomes = {name: move["outcome"] for name, move in added.items()}
    assert outcomes["a-good-one"] == "added"
    assert list(outcomes.values()).count("added") == 1
    lines = [
        [*words, str(here / name)]
        for words in (("library", "add-move"), ("library", "add-song"), ("song", "analyze"))
        for name in ("nobody writes.mp4", "a folder.mp4", "nowhere.mp4")
    ]
    ends = commands(data, lines)
    assert [(end.status in (1, 2), "Traceback" in end.err) for end in ends] == [(True, False)] * 9
