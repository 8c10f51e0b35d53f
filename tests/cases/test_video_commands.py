"""The commands that make videos of scripts, and show and delete videos, over ports in memory."""

import asyncio
import json
from collections.abc import Callable, Generator, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest

from adapters.memory.encoder import song
from adapters.memory.narration_mixer import MemoryNarrationMixer
from application.ports.jobs import JobFilter
from application.ports.narration_mixer import PlacedVoice
from domain.accounts.rules import Registration
from domain.accounts.users import Role
from domain.rendering.assembly import State
from domain.shared.errors import DiskFull
from entrypoints.cli import exit_codes
from entrypoints.cli import videos as video_commands
from entrypoints.wiring.wire import wire
from tests.api.memory_backend import MemoryBackend, failing
from tests.world.commands import Run, commands_over
from tests.world.pictures import png

TEXT = "Hola a todos.\n\nHoy bailamos bachata en la playa.\n\n¡Vamos!\n"


@pytest.fixture
def backend(tmp_path: Path) -> MemoryBackend:
    memory_backend = MemoryBackend(tmp_path / "backend")
    asyncio.run(memory_backend.furnish())
    return memory_backend


@pytest.fixture
def run(
    backend: MemoryBackend, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Generator[Run]:
    with commands_over(backend, monkeypatch, capsys) as command:
        yield command


@pytest.fixture
def text(tmp_path: Path) -> Path:
    file = tmp_path / "script.txt"
    file.write_text(TEXT)
    return file


class TolerantMixer(MemoryNarrationMixer):
    """Mixes with any music, and keeps it."""

    def __init__(self, song: Callable[[float], bytes]) -> None:
        super().__init__(song=song)
        self.music: list[Path | None] = []

    async def mix(
        self, voices: Sequence[PlacedVoice], music: Path | None, seconds: Fraction, into: Path
    ) -> None:
        self.music.append(music)
        await super().mix(voices, None, seconds, into)


def made(run: Run, text: Path, *options: object) -> dict[str, Any]:
    result = run("script", text, "--json", *options)
    assert result.status == 0, result.err
    return json.loads(result.out)


def ids(run: Run, *options: object) -> list[str]:
    result = run("videos", "list", "--json", *options)
    assert result.status == 0, result.err
    return [each["video_id"] for each in json.loads(result.out)["items"]]


def test_a_script_becomes_a_film_with_its_captions_beside_it(
    run: Run, text: Path, tmp_path: Path
) -> None:
    film = tmp_path / "film.mp4"
    result = run("script", text, "-o", film)
    assert (result.status, result.out) == (0, f"{film}\n"), result.err
    assert film.stat().st_size > 0
    assert (tmp_path / "film.vtt").read_text().startswith("WEBVTT\n")
    assert "bailamos bachata" in (tmp_path / "film.vtt").read_text().replace("\n", " ")


def test_options_of_the_command_are_those_of_the_route(
    run: Run, text: Path, backend: MemoryBackend
) -> None:
    video = made(
        run,
        text,
        *("--resolution", "1080x1920", "--duration", 30, "--quality", "low", "--no-audio"),
        *("--language", "pt", "--narration", "none", "--speed", 1.2, "--captions", "none"),
        *("--seed", 7, "--title", "Ma[ñ]ana"),
    )
    narrated = asyncio.run(backend.ports.scripts.video(UUID(video["video_id"])))
    assert narrated is not None
    settings = narrated.settings
    assert (settings.resolution, settings.duration, settings.quality) == ("1080x1920", 30, "low")
    assert (settings.include_audio, settings.language) == (False, "pt")
    assert (settings.narration, settings.narration_speed) == ("none", 1.2)
    assert (settings.captions, settings.seed) == ("none", 7)
    assert (video["title"], video["captions_url"]) == ("Ma[ñ]ana", None)
    assert video["duration"] == 30


def test_a_script_comes_from_the_standard_input(run: Run) -> None:
    result = run("script", "-", "--json", stdin=TEXT.encode())
    assert json.loads(result.out)["title"] == "Hola a todos."


def test_files_beside_a_script_and_music_become_its_own(
    run: Run, text: Path, tmp_path: Path, backend: MemoryBackend
) -> None:
    (tmp_path / "beach.jpg").write_bytes(png())
    (tmp_path / "not named.jpg").write_bytes(png())
    music = tmp_path / "music" / "guitar.mp3"
    music.parent.mkdir()
    music.write_bytes(song(9))
    text.write_text(f"---\ntitle: Playa\nmusic: other.mp3\n---\nimage: beach.jpg\n{TEXT}")
    mixer = TolerantMixer(song=song)
    backend.ports = replace(backend.ports, narration_mixer=mixer)
    first = made(run, text, "--music", music)
    assert first["warnings"] == []
    again = made(run, text, "--music", "guitar.mp3")
    assert again["warnings"] == []
    assert [played is not None for played in mixer.music] == [True]
    page = asyncio.run(backend.ports.media_assets.page("local", None, 9))
    assert [each.name for each in page.items] == ["guitar.mp3", "beach.jpg"]
    assert music.is_file()


def test_a_script_reaches_no_file_in_another_folder(
    run: Run, tmp_path: Path, backend: MemoryBackend
) -> None:
    (tmp_path / "secret.jpg").write_bytes(png())
    text = tmp_path / "inner" / "script.txt"
    text.parent.mkdir()
    text.write_text(f"image: ../secret.jpg\n{TEXT}")
    assert [each["code"] for each in made(run, text)["warnings"]] == ["picture-replaced"]
    assert asyncio.run(backend.ports.media_assets.page("local", None, 9)).items == ()


@pytest.mark.parametrize(
    ("content", "options", "status", "sentence"),
    [
        (b"", (), 1, "The script is empty"),
        (b"\xff\xfe\x00", (), 1, "byte 0 cannot be read"),
        (b"a" * 400_001, (), 1, "100,000 characters at most"),
        (b"One.\n\nduration: 5000\nTwo.", (), 1, "$.content, line 3"),
        (b"One.", ("--duration", 4), 2, "is not in the range 5<=x<=600"),
        (b"One.", ("--duration", "nan"), 1, "$.duration"),
        (b"One.", ("--resolution", "1x1"), 2, "'1x1' is not one of"),
        (b"One.", ("--music", "no/such.mp3"), 2, "There is no file 'no/such.mp3'"),
        (b"One.", ("-o", "no/such/film.mp4"), 2, "There is no folder"),
        (b"One.", ("--user", "nobody"), 1, "There is no user"),
    ],
)
def test_a_script_that_cannot_be_made_is_refused_in_a_sentence(
    run: Run,
    text: Path,
    backend: MemoryBackend,
    content: bytes,
    options: tuple[object, ...],
    status: int,
    sentence: str,
) -> None:
    text.write_bytes(content)
    result = run("script", text, *options)
    assert (result.status, result.out) == (status, "")
    assert sentence in result.sentence
    assert "Traceback" not in result.err
    assert backend.tasks.history == {}


def test_a_failed_video_ends_the_command_with_the_status_of_its_error(
    run: Run, text: Path, backend: MemoryBackend, tmp_path: Path
) -> None:
    full: Any = failing(backend.ports.storage, put=DiskFull())
    backend.ports = replace(backend.ports, storage=full)
    result = run("script", text, "-o", tmp_path / "film.mp4")
    assert (result.status, result.out) == (exit_codes.DISK, "")
    assert "The disk is full" in result.err
    assert not (tmp_path / "film.mp4").exists()
    assert not (tmp_path / "film.vtt").exists()
    assert ids(run, "--state", "failed") == ids(run)


def test_a_file_is_replaced_only_by_force(run: Run, text: Path, tmp_path: Path) -> None:
    film, captions = tmp_path / "film.mp4", tmp_path / "film.vtt"
    for taken in (film, captions):
        taken.write_bytes(b"mine")
        result = run("script", text, "-o", film)
        assert (result.status, taken.read_bytes()) == (2, b"mine")
        assert "--force replaces it" in result.sentence
        taken.unlink()
    film.write_bytes(b"mine")
    assert run("script", text, "-o", film, "--force").status == 0
    assert film.read_bytes() != b"mine"


def test_videos_of_both_kinds_are_listed_by_kind_and_state_in_pages(run: Run, text: Path) -> None:
    dance = json.loads(run("generate", "--song", "song", "--json").out)["task_id"]
    scripts = [made(run, text)["video_id"] for _ in range(3)]
    assert ids(run) == [*reversed(scripts), dance]
    assert ids(run, "--kind", "choreography") == [dance]
    assert ids(run, "--kind", "script", "--state", "completed") == scripts[::-1]
    assert ids(run, "--state", "failed", "--state", "pending") == []
    first = json.loads(run("videos", "list", "--limit", 2, "--kind", "script", "--json").out)
    rest = ids(run, "--cursor", first["next_cursor"], "--kind", "script")
    assert [*(each["video_id"] for each in first["items"]), *rest] == scripts[::-1]
    assert "There are more: --cursor " in run("videos", "list", "--limit", 1).err
    assert run("videos", "list", "--cursor", "!").status == 1
    table = run("videos", "list").out
    assert dance in table
    assert "choreography" in table


def test_the_videos_of_users_are_apart(run: Run, text: Path, backend: MemoryBackend) -> None:
    add_user = wire(backend.ports, backend.settings).add_user
    password = "correct horse battery"  # noqa: S105
    asyncio.run(add_user(Registration(name="ana", password=password), Role.USER))
    video_id = made(run, text, "--user", "ana")["video_id"]
    assert (ids(run), ids(run, "--user", "Ana")) == ([], [video_id])
    for words in (("show", video_id), ("download", video_id), ("delete", video_id, "--yes")):
        assert run("videos", *words).status == 1
    assert run("videos", "delete", video_id, "--yes", "--user", "ana").status == 0
    assert ids(run, "--user", "ana") == []


def test_a_video_is_shown_with_its_facts(run: Run, text: Path, backend: MemoryBackend) -> None:
    video_id = made(run, text)["video_id"]
    video = json.loads(run("videos", "show", video_id, "--json").out)
    path = backend.final(UUID(video_id)).output_path
    assert path is not None
    assert video["file_size"] == len(backend.storage.objects[path])
    assert video["file"] == str(backend.root.resolve() / "media" / path)
    shown = run("videos", "show", video_id)
    assert video_id in shown.out
    assert "1920x1080" in shown.out
    assert run("videos", "show", uuid4()).status == 1
    assert run("videos", "show", "nothing").status == 2


def test_a_film_is_downloaded_with_captions_and_a_picture(
    run: Run, text: Path, backend: MemoryBackend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    video_id = made(run, text, "--title", "¿Bailamos? a/b")["video_id"]
    path = backend.final(UUID(video_id)).output_path
    assert path is not None
    folder = tmp_path / "saved"
    folder.mkdir()
    monkeypatch.chdir(folder)
    result = run("videos", "download", video_id)
    assert result.status == 0, result.err
    assert [each.name for each in folder.iterdir()] == ["¿Bailamos a b.mp4"]
    result = run(
        "videos", "download", video_id, "--captions", "--poster", "-o", "film.mp4", "--json"
    )
    assert json.loads(result.out)["files"] == [
        str(folder / name) for name in ("film.mp4", "film.vtt", "film.jpg")
    ]
    assert (folder / "film.mp4").read_bytes() == backend.storage.objects[path]
    assert (folder / "film.jpg").read_bytes()
    assert (folder / "film.vtt").read_text().startswith("WEBVTT")


@pytest.mark.parametrize("name", ["film.mp4", "film.vtt", "film.jpg"])
def test_a_download_replaces_files_only_by_force(
    run: Run, text: Path, tmp_path: Path, name: str
) -> None:
    video_id = made(run, text)["video_id"]
    folder = tmp_path / "saved"
    folder.mkdir()
    (folder / name).write_bytes(b"mine")
    words = ("videos", "download", video_id, "--captions", "--poster", "-o", folder / "film.mp4")
    result = run(*words)
    assert (result.status, (folder / name).read_bytes()) == (2, b"mine")
    assert len(list(folder.iterdir())) == 1
    assert run(*words, "--force").status == 0
    assert (folder / name).read_bytes() != b"mine"


def test_a_video_without_captions_has_none_to_download(
    run: Run, text: Path, tmp_path: Path
) -> None:
    video_id = made(run, text, "--captions", "none")["video_id"]
    film = tmp_path / "film.mp4"
    result = run("videos", "download", video_id, "--captions", "-o", film)
    assert (result.status, film.exists()) == (1, False)
    assert "This video has no captions." in result.err


def test_a_deleted_video_leaves_nothing_but_its_script(
    run: Run, text: Path, backend: MemoryBackend
) -> None:
    dance = json.loads(run("generate", "--song", "song", "--json").out)["task_id"]
    video_id = made(run, text)["video_id"]
    result = run("videos", "delete", video_id, dance, "--yes", "--json")
    assert json.loads(result.out) == {"deleted": [video_id, dance]}
    assert ids(run) == []
    assert [path for path in backend.storage.objects if path.startswith("output/")] == []
    assert backend.left_behind() == []


def test_no_video_is_deleted_if_one_is_unknown(run: Run, text: Path) -> None:
    video_id = made(run, text)["video_id"]
    assert run("videos", "delete", video_id, uuid4(), "--yes").status == 1
    assert ids(run) == [video_id]


@pytest.mark.parametrize(("answer", "left"), [("y", 0), ("n", 1), ("", 1)])
def test_on_a_terminal_a_deletion_is_asked_for(
    run: Run, text: Path, monkeypatch: pytest.MonkeyPatch, answer: str, left: int
) -> None:
    video_id = made(run, text)["video_id"]
    assert run("videos", "delete", video_id).status == 2

    class Terminal:
        def isatty(self) -> bool:
            return True

    class System:
        stdin = Terminal()

    monkeypatch.setattr(video_commands, "sys", System)
    result = run("videos", "delete", video_id, stdin=f"{answer}\n".encode())
    assert "Delete this video?" in result.err
    assert result.status == (1 if left else 0)
    assert len(ids(run)) == left


def test_a_video_that_is_being_made_is_not_deleted(
    run: Run, text: Path, backend: MemoryBackend
) -> None:
    video_id = made(run, text)["video_id"]
    task = backend.final(UUID(video_id))
    backend.tasks.history[task.task_id] = [msgspec.structs.replace(task, state=State.PLANNING)]
    result = run("videos", "delete", video_id, "--yes")
    assert result.status == 1
    assert "cancel its job first" in result.sentence
    assert run("videos", "download", video_id, "-o", text.parent / "f.mp4").status == 1


def test_a_script_is_one_job_that_has_ended(run: Run, text: Path, backend: MemoryBackend) -> None:
    video_id = made(run, text)["video_id"]
    page = asyncio.run(backend.jobs.page(JobFilter(), None, 9))
    assert [(str(job.job_id), job.attempt, job.state) for job in page.items] == [
        (video_id, 1, "completed")
    ]
