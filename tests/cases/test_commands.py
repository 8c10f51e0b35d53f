"""The commands that hear, plan, explain and make, over ports in memory."""

import asyncio
import json
import sys
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from adapters.demo.studio import CodeStudio
from adapters.memory import encoder
from adapters.memory.audio_analyzer import MemoryAudioAnalyzer
from adapters.memory.encoder import Reel
from application.operations.extras import ExtraMissing
from application.ports.songs import SongFilter
from domain.blueprint import rules
from domain.blueprint.model import Blueprint
from domain.library.corrections import Correction
from domain.library.songs import Analysis
from domain.shared.errors import UnreadableMedia
from entrypoints.cli import exit_codes
from tests.api.memory_backend import MemoryBackend
from tests.world.commands import Run, commands_over
from tests.world.faulty import FaultyEncoder


class DeafAudioAnalyzer(MemoryAudioAnalyzer):
    """Hears no beat, and is fairly sure of that."""

    async def analyze(self, song: Path) -> Analysis:
        analysis = await super().analyze(song)
        return msgspec.structs.replace(analysis, tempo=0, beats=(), ones=(), confidence=0.07)


class Faulty(FaultyEncoder):
    """Cannot make film of one clip."""

    def __init__(self, reason: str) -> None:
        super().__init__()
        self.faults["clips/a-x"] = UnreadableMedia(reason)


@pytest.fixture
def backend(tmp_path: Path) -> MemoryBackend:
    memory_backend = MemoryBackend(tmp_path / "backend")
    asyncio.run(memory_backend.furnish())
    return memory_backend


@pytest.fixture
def run(
    backend: MemoryBackend, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Generator[Run]:
    """Runs a command as from a shell."""
    with commands_over(backend, monkeypatch, capsys) as command:
        yield command


def blueprint_in(text: str | bytes) -> Blueprint:
    return rules.parse(text if isinstance(text, bytes) else text.encode())


def danced(blueprint: Blueprint) -> list[str]:
    return [move.clip_id or "" for move in blueprint.moves]


def songs_of(backend: MemoryBackend) -> int:
    return len(asyncio.run(backend.library.songs.page(SongFilter(), None, 100)).items)


def test_a_film_is_made_to_a_song_and_copied_to_where_it_is_wanted(
    run: Run, tmp_path: Path
) -> None:
    film = tmp_path / "film.mp4"
    result = run("generate", "--song", "song", "--difficulty", "beginner", "-o", film)
    assert result.status == 0, result.err
    assert result.out == f"{film}\n"
    assert "Song by Band" in result.err.replace("\n", " ")
    assert msgspec.json.decode(film.read_bytes(), type=Reel).frames


def test_a_film_is_told_as_json(run: Run, backend: MemoryBackend) -> None:
    result = run("generate", "--song", "Son", "--seed", 3, "--json")
    document = json.loads(result.out)
    assert (document["status"], document["song"]["id"]) == ("completed", "song")
    assert document["file"].startswith(str(backend.root))
    assert document["quality"]["steps_on_the_beat"] == 1
    assert {"move_id", "start_time", "duration", "playback_rate"} == set(document["moves"][0])


def test_a_film_is_made_from_words(run: Run) -> None:
    document = json.loads(run("generate", "--describe", "easy and romantic", "--json").out)
    assert document["parameters"]["request"]["difficulty"] == "beginner"
    assert document["parameters"]["parsed_by"] == "rules"


def test_the_demo_makes_a_film_of_its_first_song(run: Run) -> None:
    document = json.loads(run("demo", "--json").out)
    assert (document["status"], document["song"]["id"]) == ("completed", "song")
    assert run("demo", "--song", "nope").status == 1


@pytest.mark.parametrize("words", [("--song", "song"), ("--describe", "una bachata tranquila")])
def test_a_plan_is_a_blueprint_on_the_standard_output_and_nothing_else(
    run: Run, words: tuple[str, ...], backend: MemoryBackend
) -> None:
    result = run("plan", *words)
    blueprint = blueprint_in(result.out)
    assert blueprint.audio_path.startswith("songs/song")
    assert "The choreography" in result.err
    assert run("plan", *words, "--json").err == ""
    assert backend.tasks.history == {}


@pytest.mark.parametrize("command", ["plan", "generate"])
@pytest.mark.parametrize(
    ("words", "note"),
    [
        ("volar con mi Ñandú", 'No word of the description was understood: "volar", "Ñandú".'),
        ("slow, like robots", 'Not understood: "robots".'),
        ("acaba en volar, dos golpes", 'Not understood: "acaba en", "volar".'),
    ],
)
def test_words_that_are_not_understood_are_told(
    run: Run, command: str, words: str, note: str
) -> None:
    output = " ".join(run(command, "--describe", words).err.split())
    assert f"Note: {note.split(':')[0]}" in output
    assert all(word in output for word in note.split('"')[1::2])


def test_a_plan_goes_into_a_file_and_becomes_a_film(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "dance.json"
    result = run("plan", "--song", "song", "--lock", "2=move-3", "--ban", "move-1", "-o", file)
    assert (result.status, result.out) == (0, "")
    blueprint = blueprint_in(file.read_bytes())
    assert "move-1" not in danced(blueprint)
    [locked] = [move for move in blueprint.moves if move.start_time == 8]
    assert locked.clip_id == "move-3"
    assert run("assemble", file, "--json").status == 0


def test_a_part_of_a_plan_is_planned_again(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "dance.json"
    run("plan", "--song", "song", "--seed", "2", "-o", file)
    before = blueprint_in(file.read_bytes())
    banned = next(each for each in danced(before)[2:] if each not in danced(before)[:2])

    result = run("plan", "--from", file, "--lock", "0,1", "--ban", banned)

    after = blueprint_in(result.out)
    assert after.moves[:2] == before.moves[:2]
    assert banned not in danced(after)
    assert after.generation_parameters["seed"] == 2
    assert "of the time that was planned again shows the same moves." in result.err


def test_a_move_is_put_into_the_place_of_another(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "dance.json"
    run("plan", "--song", "song", "-o", file)
    before = blueprint_in(file.read_bytes())
    [alternative, *_] = (before.moves[1].reason or {})["alternatives"]

    result = run("plan", "--from", file, "--lock", f"1={alternative['move_id']}", "--lock", "0")

    after = blueprint_in(result.out)
    assert after.moves[0] == before.moves[0]
    assert after.moves[1].clip_id == alternative["move_id"]
    assert after.moves[1].start_time == before.moves[1].start_time


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--lock", "3,x"), "'x' must be the index of a move"),
        (("--lock", ""), "'' must be the index of a move"),
        (("--song", "song"), "--song cannot be combined with --from"),
        (("--style", "playful"), "--style cannot be combined with --from"),
        (("--lock", "99"), "The Blueprint has"),
        (("--ban", "nobody"), "There is no move 'nobody'"),
    ],
)
def test_what_cannot_be_planned_again_is_refused(
    run: Run, tmp_path: Path, words: tuple[str, ...], message: str
) -> None:
    file = tmp_path / "dance.json"
    run("plan", "--song", "song", "-o", file)

    result = run("plan", "--from", file, *words)

    assert result.status == (1 if message.startswith("The") else 2)
    assert message in " ".join(result.err.split())


def test_options_count_more_than_words(run: Run) -> None:
    arguments = ("plan", "--describe", "easy, romantic", "--song", "song", "--json")
    blueprint = blueprint_in(
        run(*arguments, "--style", "energetic", "--difficulty", "advanced").out
    )
    parameters = blueprint.generation_parameters
    assert (parameters["style"], parameters["difficulty"]) == ("energetic", "advanced")
    assert parameters["query"] == "easy, romantic"


def test_a_song_file_is_added_once(run: Run, backend: MemoryBackend, tmp_path: Path) -> None:
    file = tmp_path / "Mi canción.wav"
    file.write_bytes(encoder.song(24))
    first = blueprint_in(run("plan", "--song", file, "--json").out)
    assert first.generation_parameters["song_id"] == "mi-cancion"
    file.rename(tmp_path / "renamed.wav")
    again = run("plan", "--song", tmp_path / "renamed.wav", "--describe", "calm", "--json")
    assert blueprint_in(again.out).generation_parameters["song_id"] == "mi-cancion"
    assert songs_of(backend) == 2


@pytest.mark.parametrize(
    ("words", "status", "sentence"),
    [
        (("plan",), 2, "Give --song, --describe, or both."),
        (("generate", "--seed", "1"), 2, "Give --song, --describe, or both."),
        (
            ("plan", "--song", "song", "--lock", "two=move-3"),
            2,
            "'two=move-3' must be EIGHT_COUNT=MOVE",
        ),
        (("plan", "--song", "song", "--lock", "2="), 2, "'2=' must be EIGHT_COUNT=MOVE"),
        (("plan", "--song", "song", "-o", "no/such/folder.json"), 2, "There is no folder"),
        (("plan", "--song", "song", "--style", "grumpy"), 2, "'grumpy' is not one of"),
        (("plan", "--song", "nothing"), 1, "There is no song and no file 'nothing'"),
        (("plan", "--song", "song", "--ban", "nope"), 1, "There is no move 'nope'"),
        (("plan", "--describe", ""), 1, "$.query"),
        (("explain", "nothing"), 2, "There is no file and no task 'nothing'."),
        (("explain", "0b5c7a52-5d2e-4a39-9f0e-6c1d2b3a4f50"), 1, "There is no task with this id"),
        (("explain", "-"), 1, "The document is not JSON"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    run: Run, words: tuple[str, ...], status: int, sentence: str
) -> None:
    result = run(*words)
    assert (result.status, result.out) == (status, "")
    plain = " ".join(result.err.replace("│", " ").split())
    assert sentence in plain
    assert "Traceback" not in result.err


def test_a_blueprint_is_explained_from_a_file_a_pipe_or_its_task(run: Run, tmp_path: Path) -> None:
    film = json.loads(run("generate", "--song", "song", "--seed", 5, "--json").out)
    planned = run("plan", "--song", "song", "--seed", 5, "--json").out.encode()
    file = tmp_path / "dance.json"
    file.write_bytes(planned)
    results = [
        run("explain", film["task_id"]),
        run("explain", file),
        run("explain", "-", stdin=planned),
    ]
    assert [each.status for each in results] == [0, 0, 0]
    assert results[0].out == results[1].out == results[2].out
    output = results[0].out
    for cast in blueprint_in(planned).moves:
        assert f"{cast.playback_rate:.3f}" in output
        assert f"{(cast.reason or {})['cost']:.2f}" in output
    for words in ("Move 2", "8-count", "energy", "alternatives", "% within 50 ms"):
        assert words in output


def test_an_explanation_is_told_as_json(run: Run) -> None:
    planned = run("plan", "--song", "song", "--json").out
    explanation = json.loads(run("explain", "-", "--json", stdin=planned.encode()).out)
    document = json.loads(planned)
    assert explanation["task_id"] == document["task_id"]
    assert explanation["quality"] == document["generation_parameters"]["quality"]
    for explained, move in zip(explanation["moves"], document["moves"], strict=True):
        assert explained["move_id"] == move["clip_id"]
        assert explained["costs"] == move["reason"]["costs"]
        assert explained["alternatives"] == move["reason"]["alternatives"]
        assert explained["position"] * 4 == explained["start_time"]


def test_a_song_is_heard_that_is_not_in_the_library(
    run: Run, backend: MemoryBackend, tmp_path: Path
) -> None:
    file = tmp_path / "song.ogg"
    file.write_bytes(encoder.song(31))
    result = run("song", "analyze", file)
    assert result.status == 0
    assert (
        "120.0 BPM (or 60.0), confidence 1.00 of 1; 62 beats, 8 eight-counts, 1 sections"
        in result.out
    )
    assert "0:04.00 │ 4.00  4.50  5.00  5.50  6.00  6.50  7.00  7.50" in result.out
    assert "song    │ 0:00.00 │ 0:31.00 │   0.50" in result.out
    document: dict[str, Any] = json.loads(run("song", "analyze", file, "--json").out)
    analysis = msgspec.convert(document, Analysis)
    assert (analysis.tempo, len(analysis.beats), analysis.ones[1]) == (120, 62, 4)
    assert songs_of(backend) == 1


def test_a_file_without_a_beat_is_said_to_have_none(
    run: Run, backend: MemoryBackend, tmp_path: Path
) -> None:
    backend.ports = replace(backend.ports, audio_analyzer=DeafAudioAnalyzer())
    file = tmp_path / "talk.ogg"
    file.write_bytes(encoder.song(31))
    result = run("song", "analyze", file, "--plot", tmp_path / "talk.svg")
    assert result.status == 0
    assert "The analysis detected no beats (confidence 0.07 of 1)." in result.out
    assert "BPM" not in result.out
    assert (tmp_path / "talk.svg").stat().st_size > 1000


def test_without_the_extra_that_draws_songs_a_picture_is_refused_by_its_name(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    file = tmp_path / "song.ogg"
    file.write_bytes(encoder.song(31))
    result = run("song", "analyze", file, "--plot", tmp_path / "song.png")
    assert (result.status, result.out) == (exit_codes.FAILED, "")
    assert "install the extra `plots`" in " ".join(result.err.split())
    assert run("song", "analyze", file).status == 0


def test_without_the_extra_that_films_the_demo_it_is_refused_by_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "blend2d", None)
    with CodeStudio(1) as studio, pytest.raises(ExtraMissing, match="the extra `demo`") as missing:
        asyncio.run(studio.film(studio.moves()[0], tmp_path / "move.mp4"))
    assert exit_codes.status_of(missing.value) == exit_codes.FAILED


def test_a_file_that_is_no_song_is_named_in_a_sentence(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "damaged.ogg"
    file.write_bytes(b"OggS but not for long")
    result = run("song", "analyze", file, "--json", "--plot", tmp_path / "picture.png")
    assert (result.status, result.out) == (1, "")
    assert "Error: The file 'damaged.ogg' cannot be used" in result.err
    assert not (tmp_path / "picture.png").exists()


@pytest.mark.parametrize(
    ("plot", "sentence"), [("no/where.png", "There is no folder"), ("x.bmp", "does not end in")]
)
def test_a_picture_that_cannot_be_drawn_is_refused_before_any_work(
    run: Run, tmp_path: Path, plot: str, sentence: str
) -> None:
    file = tmp_path / "song.ogg"
    file.write_bytes(encoder.song(31))
    result = run("song", "analyze", file, "--plot", tmp_path / plot)
    assert (result.status, result.out) == (2, "")
    assert sentence in " ".join(result.err.replace("│", " ").split())


def test_a_beat_that_was_heard_wrongly_is_corrected_and_taken_back(
    run: Run, backend: MemoryBackend
) -> None:
    original = asyncio.run(backend.library.moves.get("move-0"))
    result = run("library", "correct-move", "move-0", "--beats", "half", "--half-beat")
    assert result.status == 0, result.err
    assert f"{original.tempo / 2:.1f} BPM" in result.err
    move = asyncio.run(backend.library.moves.get("move-0"))
    assert move.correction == Correction(beats="half", shift="half_beat")
    assert run("library", "correct-move", "move-0", "--remove-correction").status == 0
    assert asyncio.run(backend.library.moves.get("move-0")) == original
    result = run("library", "correct-song", "song", "--tempo", 100, "--one-at", 2.5)
    assert "100.0 BPM" in result.err
    assert run("library", "correct-song", "song", "--remove-correction").status == 0
    assert asyncio.run(backend.library.songs.correction("song")) is None


@pytest.mark.parametrize("item", [("correct-move", "move-0"), ("correct-song", "song")])
def test_parts_of_a_correction_are_taken_back_one_by_one(
    run: Run, backend: MemoryBackend, item: tuple[str, str]
) -> None:
    async def correction() -> Correction | None:
        if item[0] == "correct-song":
            return await backend.library.songs.correction("song")
        return (await backend.library.moves.get("move-0")).correction

    taps = "0.5,1.0,1.5,2.0,2.5"
    result = run("library", *item, "--taps", taps, "--shift", "-10", "--beats", "half")
    assert result.status == 0, result.err
    given = Correction(taps=(0.5, 1.0, 1.5, 2.0, 2.5), shift=-10, beats="half")
    assert asyncio.run(correction()) == given

    assert run("library", *item, "--take-back", "shift", "--take-back", "beats").status == 0
    assert asyncio.run(correction()) == Correction(taps=given.taps)
    assert run("library", *item, "--take-back", "taps").status == 0
    assert asyncio.run(correction()) is None


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--remove-correction", "--half-beat"),
        ("--beats", "triple"),
        ("--half-beat", "--shift", "5"),
        ("--take-back", "shift", "--shift", "5"),
        ("--take-back", "shift", "--remove-correction"),
        ("--taps", "1,x"),
    ],
)
@pytest.mark.parametrize("item", [("correct-move", "move-0"), ("correct-song", "song")])
def test_a_correction_that_says_nothing_or_two_things_is_a_usage_error(
    run: Run, item: tuple[str, str], words: tuple[str, ...]
) -> None:
    assert run("library", *item, *words).status == 2


def test_a_correction_that_cannot_be_names_what_is_wrong(run: Run) -> None:
    for item in (("correct-move", "move-0"), ("correct-song", "song")):
        result = run("library", *item, "--one-at", 80_000)
        assert result.status != 0
        assert "one_at" in result.err


def test_an_import_and_a_check_show_names_and_reasons_that_look_like_markup(
    run: Run, backend: MemoryBackend, tmp_path: Path
) -> None:
    clips = tmp_path / "[red]"
    clips.mkdir()
    (clips / "a[x].mp4").write_bytes(encoder.clip("a", 240, 30))
    (clips / "b.mp4").write_bytes(b"no film")
    (clips / "l[y].json").write_text("{")
    (clips / "moves.json").write_text('[{"clip": "gone[/x].mp4"}]')
    result = run("library", "import", clips)
    assert result.status == 0, result.err
    assert "clip: There is no clip 'gone[/x].mp4'." in result.err
    assert "skipped: l[y].json" in result.err
    assert "refused    b" in result.err
    move = asyncio.run(backend.library.moves.get("a-x"))
    reason = "It is [/z] damaged [bold]."
    asyncio.run(backend.library.moves.mark_unusable(move, reason))
    backend.ports = replace(backend.ports, clips=Faulty(reason))
    result = run("library", "check")
    assert result.status == 1
    assert (
        f"a-x: unusable: Dances do not use it, because no film can be made of its clip. {reason}"
        in result.err
    )
    result = run("prewarm")
    assert result.status == 1
    assert f"Not ready: moves/a-x: {reason}" in result.err


def test_recovery_says_what_it_has_removed_and_what_has_lost_its_file(
    run: Run, backend: MemoryBackend
) -> None:
    asyncio.run(backend.furnish())
    song = asyncio.run(backend.library.songs.get("song"))
    del backend.storage.objects[song.audio_path]
    move = asyncio.run(backend.library.moves.remove("move-0"))
    result = run("recover", "--json")
    assert result.status == 0, result.err
    report = json.loads(result.out)
    assert [each["path"] for each in report["removed"]] == [move.video_path]
    assert [(each["owner"], each["id"]) for each in report["unfound"]] == [("song", "song")]
    result = run("recover")
    assert f"unusable: the file of the song song is missing: {song.audio_path}" in result.err
    result = run("library", "check")
    assert result.status == 1
    assert f"song song: file: Its file is not in the storage. ({song.audio_path})" in result.err
    result = run("generate", "--song", "song")
    assert result.status != 0
    assert song.audio_path in result.err
