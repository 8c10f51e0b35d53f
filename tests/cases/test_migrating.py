"""Data of the earlier system brought over, over ports in memory."""

import asyncio
import hashlib
import sys
from pathlib import Path
from uuid import UUID

import msgspec
import pytest

from adapters.memory import encoder
from application.migration.report import Came
from application.migration.verification import SAMPLE
from domain.accounts.rules import check_user_id
from domain.blueprint import rules
from domain.legacy.seeds import Model
from domain.library.embeddings import MoveEmbedding, packed
from domain.rendering.assembly import State
from domain.shared import paths
from domain.shared.bucket_uris import Home
from domain.shared.errors import StorageFailed
from domain.shared.result_warnings import WarningCode
from tests.world.earlier import (
    MADE,
    OWNER,
    Earlier,
    came_only,
    document,
    of,
    outcomes,
    task_key,
    unit,
)
from tests.world.trouble import Kind, Trouble

pytestmark = pytest.mark.anyio


@pytest.fixture
def earlier(tmp_path: Path) -> Earlier:
    return Earlier(tmp_path)


def everything(earlier: Earlier) -> list[str]:
    """Two songs, three moves, four tasks and a Blueprint, all of whose files are there."""
    earlier.song("1", "Eso_es_amor")
    earlier.song("2", "Suegra", seconds=30)
    clips = [earlier.move(str(n), name) for n, name in enumerate(("paso", "giro", "dip"), 1)]
    film = f"choreographies/choreography_{task_key(1)}.mp4"
    earlier.file(film, encoder.clip("film", 240, 30))
    earlier.task(1, "completed", result={"video_url": "/media/x.mp4", "output_path": film})
    earlier.task(2, "failed", stage="concatenating", progress=50, error="FFmpeg broke.")
    earlier.task(3, "running", stage="video_assembly", progress=72)
    earlier.task(4, "failed", error="Cancelled by user", stage="fetching")
    earlier.blueprint(1, document(1, clips[:2]))
    return clips


async def test_songs_moves_tasks_and_blueprints_are_brought_over(earlier: Earlier) -> None:
    everything(earlier)
    report = await earlier()
    assert came_only(report, Came.TAKEN)
    songs, moves = await earlier.songs(), await earlier.moves()
    assert list(songs) == ["eso_es_amor", "suegra"]
    song = songs["eso_es_amor"]
    assert (song.title, song.artist, song.genre) == ("Eso_es_amor", "Jiory", "Modern")
    assert (song.tempo, song.duration) == (132.0, 40.0)
    assert list(moves) == ["dip", "giro", "paso"]
    assert (moves["paso"].label, moves["paso"].duration) == ("basic", 8.0)
    entry = await earlier.embeddings.find("paso")
    assert entry is not None
    assert entry.rows.pose == packed(unit(512, 1))
    assert entry.rows.audio == packed(unit(128, 1))
    assert entry.rows.text == packed(unit(384, 1))
    task = await earlier.on_record(1)
    assert (task.state, task.owner, task.song_id) == (State.COMPLETED, OWNER, "eso_es_amor")
    assert (task.output_path, task.seconds) == (paths.film(OWNER, UUID(int=1)), 8.0)
    assert task.created_at.isoformat() == MADE.replace("Z", "+00:00")
    blueprint = await earlier.archive.get(UUID(int=1))
    assert [move.clip_id for move in blueprint.moves] == ["paso", "giro"]
    assert blueprint.audio_path == song.audio_path
    rules.check(blueprint)
    assert set(blueprint.media) <= set(earlier.storage.objects)


async def test_tasks_that_have_no_film_say_why(earlier: Earlier) -> None:
    everything(earlier)
    await earlier()
    failed, stopped, cancelled = [await earlier.on_record(number) for number in (2, 3, 4)]
    assert (failed.state, failed.progress) == (State.FAILED, 50)
    assert failed.failure is not None
    assert (failed.failure.message, failed.failure.stage) == (
        "FFmpeg broke.",
        State.CONCATENATING,
    )
    assert stopped.failure is not None
    assert (stopped.state, stopped.failure.stage) == (State.FAILED, State.ADDING_AUDIO)
    assert "running" in stopped.failure.message
    assert (cancelled.state, cancelled.failure) == (State.CANCELLED, None)


async def test_a_blueprint_that_was_brought_over_can_be_assembled_again(earlier: Earlier) -> None:
    everything(earlier)
    await earlier()
    blueprint = await earlier.archive.get(UUID(int=1))
    again = document(9, [move.video_path for move in blueprint.moves], blueprint.audio_path)
    again["output_config"]["output_path"] = paths.film(OWNER, UUID(int=9))
    film = await earlier.assemble(rules.read(again), OWNER)
    assert film.video_duration_seconds == 8.0


async def test_a_second_run_takes_nothing_and_changes_nothing(earlier: Earlier) -> None:
    everything(earlier)
    await earlier()
    before = await earlier.everything()
    report = await earlier()
    assert came_only(report, Came.THERE)
    assert report.took_nothing
    assert await earlier.everything() == before
    assert report.verified is not None
    assert report.verified.faults == ()


async def test_a_dry_run_says_what_would_come_of_it_and_writes_nothing(earlier: Earlier) -> None:
    everything(earlier)
    earlier.song("3", "Lost", seconds=None)
    before = await earlier.everything()
    foretold = await earlier(dry_run=True)
    assert await earlier.everything() == before
    assert (foretold.dry_run, foretold.verified) == (True, None)
    done = await earlier()
    assert [(r.model, r.key, r.came, r.id) for r in foretold.records] == [
        (r.model, r.key, r.came, r.id) for r in done.records
    ]
    assert await earlier.everything() != before


async def test_what_has_no_file_is_left_out_and_taken_when_it_has(earlier: Earlier) -> None:
    earlier.song("1", "Eso_es_amor", seconds=None)
    clip = earlier.move("1", "paso", seconds=None)
    earlier.move("2", "giro")
    earlier.task(1, "completed")
    earlier.blueprint(1, document(1, [clip]))
    report = await earlier()
    assert outcomes(report, Model.SONG) == {"1": "left out"}
    assert outcomes(report, Model.MOVE) == {"paso": "left out", "giro": "taken"}
    assert outcomes(report, Model.TASK) == {task_key(1): "taken"}
    assert outcomes(report, Model.BLUEPRINT) == {task_key(1): "left out"}
    assert "songs/Eso_es_amor.mp3" in of(report, Model.SONG, "1").notes[0]
    assert clip in of(report, Model.MOVE, "paso").notes[0]
    assert len(of(report, Model.BLUEPRINT, task_key(1)).notes) == 2
    unfilmed = await earlier.on_record(1)
    assert (unfilmed.state, unfilmed.output_path) == (State.COMPLETED, None)
    assert [each.code for each in unfilmed.warnings] == [WarningCode.FILM_MISSING]

    earlier.file("songs/Eso_es_amor.mp3", encoder.song(20))
    earlier.file("Bachata_steps/basic/paso.mp4", encoder.clip("paso", 240, 30))
    earlier.file(f"films/choreography_{task_key(1)}.mp4", encoder.clip("film", 60, 30))
    second = await earlier()
    assert outcomes(second, Model.SONG) == {"1": "taken"}
    assert outcomes(second, Model.MOVE) == {"paso": "taken", "giro": "there already"}
    # The record says another folder, so this film is another one.
    assert outcomes(second, Model.TASK) == {task_key(1): "there already"}
    assert outcomes(second, Model.BLUEPRINT) == {task_key(1): "taken"}

    earlier.file(f"choreographies/choreography_{task_key(1)}.mp4", encoder.clip("film", 60, 30))
    third = await earlier()
    assert outcomes(third, Model.TASK) == {task_key(1): "completed"}
    filmed = await earlier.on_record(1)
    assert (filmed.output_path, filmed.seconds) == (paths.film(OWNER, UUID(int=1)), 2.0)
    assert filmed.warnings == ()


async def test_files_are_found_in_the_storage_by_their_old_names(earlier: Earlier) -> None:
    earlier.song("1", "Eso_es_amor", seconds=None)
    earlier.move("1", "paso", seconds=None, video_path="moves/paso.mp4")
    earlier.storage.objects |= {
        "songs/Eso_es_amor.mp3": encoder.song(20),
        "moves/paso.mp4": encoder.clip("paso", 240, 30),
    }
    report = await earlier()
    assert came_only(report, Came.TAKEN)
    assert (await earlier.moves())["paso"].video_path in earlier.storage.objects
    assert earlier.workspace.open == set()


async def test_files_may_lie_in_another_folder(earlier: Earlier, tmp_path: Path) -> None:
    earlier.song("1", "Eso_es_amor", audio_path="gs://bucket/songs/Eso_es_amor.mp3", seconds=None)
    (tmp_path / "songs").mkdir()
    (tmp_path / "songs/eso_es_amor.mp3").write_bytes(encoder.song(20))
    report = await earlier(media=tmp_path)
    assert outcomes(report, Model.SONG) == {"1": "taken"}


async def test_addresses_in_our_bucket_are_keys_and_others_are_refused_by_name(
    tmp_path: Path,
) -> None:
    earlier = Earlier(tmp_path, home=Home(bucket="ours", folder="media"))
    earlier.song("1", "Eso_es_amor", audio_path="gs://ours/media/songs/a.mp3", seconds=None)
    earlier.song("2", "Suegra", audio_path="gs://theirs/media/songs/a.mp3", seconds=None)
    earlier.move("1", "paso", video_path="s3://ours/media/moves/paso.mp4", seconds=None)
    earlier.move("2", "giro", video_path="s3://theirs/moves/giro.mp4", seconds=None)
    earlier.storage.objects |= {
        "songs/a.mp3": encoder.song(20),
        "moves/paso.mp4": encoder.clip("paso", 240, 30),
        "moves/loose.mp4": encoder.clip("loose", 240, 30),
    }
    clips = ["gs://ours/media/moves/paso.mp4", "gs://ours/media/moves/loose.mp4"]
    earlier.blueprint(1, document(1, clips, "gs://ours/media/songs/a.mp3"))
    earlier.blueprint(2, document(2, clips[:1], "gs://theirs/media/songs/a.mp3"))
    # It ends like the address that is not ours, and is no more meant than any other.
    earlier.file("songs/a.mp3", encoder.song(20))
    report = await earlier()
    assert outcomes(report, Model.SONG) == {"1": "taken", "2": "left out"}
    assert "'gs://theirs/media/songs/a.mp3'" in of(report, Model.SONG, "2").notes[0]
    assert outcomes(report, Model.MOVE) == {"paso": "taken", "giro": "left out"}
    assert "'s3://theirs/moves/giro.mp4'" in of(report, Model.MOVE, "giro").notes[0]
    assert outcomes(report, Model.BLUEPRINT) == {task_key(1): "taken", task_key(2): "left out"}
    blueprint = await earlier.archive.get(UUID(int=1))
    assert blueprint.moves[0].video_path == (await earlier.moves())["paso"].video_path
    assert blueprint.moves[1].video_path == "moves/loose.mp4"


async def test_the_same_file_is_the_same_song(earlier: Earlier) -> None:
    earlier.song("1", "Eso_es_amor")
    earlier.song("2", "Eso es amor (copy)")
    earlier.song("3", "Eso_es_amor", seconds=31, audio_path="other/song.mp3")
    report = await earlier()
    assert [each.id for each in report.records] == ["eso_es_amor", "eso_es_amor", "eso_es_amor-2"]
    assert [each.came for each in report.records] == [Came.TAKEN, Came.THERE, Came.TAKEN]
    assert came_only(await earlier(), Came.THERE)


async def test_a_dry_run_promises_no_id_twice(earlier: Earlier) -> None:
    earlier.song("1", "Suegra")
    earlier.song("2", "Suegra", seconds=31, audio_path="other/suegra.mp3")
    foretold = await earlier(dry_run=True)
    assert [each.id for each in foretold.records] == ["suegra", "suegra-2"]


async def test_job_records_and_their_field_are_dropped_by_name(earlier: Earlier) -> None:
    earlier.task(1, "failed")
    earlier.task(2, "failed", job_execution_name=None)
    earlier.others = {"choreography.jobexecution": 7, "auth.user": 2}
    report = await earlier()
    dropped = {each.name: (each.records, each.why) for each in report.dropped}
    assert dropped["choreographytask.job_execution_name"][0] == 1
    assert dropped["choreography.jobexecution"][0] == 7
    assert "job" in dropped["choreography.jobexecution"][1]
    assert dropped["auth.user"][0] == 2
    assert dropped["choreographytask.user"][0] == 2


async def test_a_record_that_makes_no_sense_keeps_none_of_the_others_out(earlier: Earlier) -> None:
    everything(earlier)
    earlier.record(Model.SONG, "8", {"title": 7})
    earlier.record(Model.MOVE, "8", {"style": "sensual"})
    earlier.record(Model.TASK, "8", {"status": "completed"})
    earlier.record(Model.BLUEPRINT, "8", {"blueprint_json": "{"})
    earlier.song("9", "Noise")
    earlier.file("songs/Noise.mp3", b"no sound")
    earlier.song("10", "Film")
    earlier.file("songs/Film.mp3", encoder.clip("film", 30, 30, sound=False))
    report = await earlier()
    left = [(each.model, each.key) for each in report.records if each.came is Came.LEFT_OUT]
    assert left == [
        (Model.SONG, "8"),
        (Model.SONG, "9"),
        (Model.SONG, "10"),
        (Model.MOVE, "8"),
        (Model.TASK, "8"),
        (Model.BLUEPRINT, "8"),
    ]
    assert all(each.notes for each in report.records if each.came is Came.LEFT_OUT)
    assert report.count(Model.SONG, Came.TAKEN) == 2


async def test_a_blueprint_that_breaks_a_rule_is_left_out_with_what_is_wrong(
    earlier: Earlier,
) -> None:
    clips = everything(earlier)
    gap = document(5, clips)
    gap["moves"][1]["start_time"] = 5.0
    gap["moves"][2]["start_time"] = 9.0
    earlier.blueprint(5, gap)
    outside = document(6, ["../../etc/passwd"])
    earlier.blueprint(6, outside)
    report = await earlier()
    assert "gap of 1.000 s" in of(report, Model.BLUEPRINT, task_key(5)).notes[0]
    assert "contains '..'" in of(report, Model.BLUEPRINT, task_key(6)).notes[0]
    assert set(earlier.archive.documents) == {UUID(int=1)}


async def test_another_task_of_the_same_id_is_left_alone(earlier: Earlier) -> None:
    earlier.task(1, "failed")
    await earlier()
    earlier.records[Model.TASK].clear()
    earlier.task(1, "failed", created_at="2024-01-01T00:00:00Z")
    before = await earlier.everything()
    assert outcomes(await earlier(), Model.TASK) == {task_key(1): "left out"}
    assert await earlier.everything() == before


async def test_ids_that_are_no_uuids_become_some(earlier: Earlier) -> None:
    everything(earlier)
    earlier.record(
        Model.TASK, "sample_task_1", {"status": "failed", "created_at": MADE, "stage": ""}
    )
    first = of(await earlier(), Model.TASK, "sample_task_1")
    second = of(await earlier(), Model.TASK, "sample_task_1")
    assert (first.came, second.came) == (Came.TAKEN, Came.THERE)
    assert first.id == second.id
    assert await earlier.tasks.get(UUID(first.id or ""))


async def test_everything_is_read_back(earlier: Earlier) -> None:
    everything(earlier)
    verified = (await earlier()).verified
    assert verified is not None
    assert {(each.model, each.expected, each.found) for each in verified.counts} == {
        (Model.SONG, 2, 2),
        (Model.MOVE, 3, 3),
        (Model.TASK, 4, 4),
        (Model.BLUEPRINT, 1, 1),
    }
    assert verified.norms.rows == 9
    assert verified.norms.least == verified.norms.most == 1.0
    assert verified.checksums == 6
    assert verified.faults == ()


async def test_a_sample_of_many_files_is_read_back(earlier: Earlier) -> None:
    for number in range(30):
        earlier.move(str(number + 1), f"m{number}")
    verified = (await earlier()).verified
    assert verified is not None
    assert verified.checksums == SAMPLE


@pytest.mark.parametrize("spoiled", ["file", "lost", "song", "numbers", "pose"])
async def test_what_is_not_as_it_was_written_is_found(
    earlier: Earlier, monkeypatch: pytest.MonkeyPatch, spoiled: str
) -> None:
    everything(earlier)
    real = earlier.storage.put

    async def put(source: Path, path: str, *, may_take_ownership: bool = False) -> None:
        await real(source, path, may_take_ownership=may_take_ownership)
        if spoiled == "file" and path.startswith("songs/eso"):
            earlier.storage.objects[path] += b"!"
        if spoiled == "lost" and path.startswith("songs/eso"):
            del earlier.storage.objects[path]

    def write(entry: object) -> None:
        return None

    real_write = earlier.embeddings.write

    def write_without_pose(entry: MoveEmbedding) -> None:
        rows = msgspec.structs.replace(entry.rows, pose=None)
        real_write(msgspec.structs.replace(entry, rows=rows))

    async def add_song(song: object, analysis: object = None) -> None:
        return None

    earlier.storage.put = put
    if spoiled == "numbers":
        monkeypatch.setattr(earlier.embeddings, "write", write)
    if spoiled == "pose":
        monkeypatch.setattr(earlier.embeddings, "write", write_without_pose)
    if spoiled == "song":
        earlier.library.songs.add = add_song
    verified = (await earlier()).verified
    assert verified is not None
    assert verified.faults
    items = {
        "file": "SHA-256",
        "lost": "no media file",
        "song": "no song",
        "numbers": "no embedding",
        "pose": "pose embedding",
    }
    assert items[spoiled] in " ".join(verified.faults)


async def test_a_storage_that_fails_is_told_of_every_file(earlier: Earlier) -> None:
    async def full(source: Path, path: str, *, may_take_ownership: bool = False) -> None:
        raise StorageFailed("The disk is full.")

    everything(earlier)
    earlier.storage.put = full
    report = await earlier()
    left = [each for each in report.records if each.came is Came.LEFT_OUT]
    assert len(left) == 2 + 3 + 1 + 1
    assert of(report, Model.SONG, "1").notes == ("The disk is full.",)
    assert (await earlier.songs(), await earlier.moves()) == ({}, {})


@pytest.mark.parametrize("kind", [Kind.FAILURE, Kind.CANCELLATION])
async def test_whatever_happens_the_next_run_takes_the_rest(tmp_path: Path, kind: Kind) -> None:
    for at in range(0, sys.maxsize, 3):
        root = tmp_path / str(at)
        root.mkdir()
        trouble = Trouble(at, kind)
        earlier = Earlier(root, trouble)
        everything(earlier)
        trouble.victim = asyncio.ensure_future(earlier())
        await asyncio.wait([trouble.victim])
        if not trouble.struck:
            break
        if not trouble.victim.cancelled():
            trouble.victim.exception()
        report = await earlier()
        assert came_only(report, Came.TAKEN, Came.COMPLETED, Came.THERE)
        assert report.verified is not None
        assert report.verified.faults == ()
        assert came_only(await earlier(), Came.THERE)
        assert earlier.workspace.open == set()


async def test_samples_can_be_assembled_on_the_migrated_library(earlier: Earlier) -> None:
    everything(earlier)
    await earlier()
    levels: set[object] = set()
    for number, song_id in enumerate(await earlier.songs()):
        blueprint = (await earlier.sample(song_id, number, OWNER)).blueprint
        assert blueprint is not None
        rules.check(blueprint)
        levels.add(blueprint.difficulty_level)
        film = await earlier.assemble(blueprint, OWNER)
        assert film.video_duration_seconds > 20
    assert len(levels) == 2


async def test_a_song_has_the_same_sample_every_time(earlier: Earlier) -> None:
    everything(earlier)
    await earlier()
    first, second = [(await earlier.sample("suegra", 1, OWNER)).blueprint for _ in range(2)]
    assert first is not None
    assert second is not None
    assert (first.task_id, first.moves) == (second.task_id, second.moves)


async def test_a_song_without_moves_has_no_sample_and_says_why(earlier: Earlier) -> None:
    earlier.song("1", "Eso_es_amor")
    await earlier()
    sample = await earlier.sample("eso_es_amor", 0, OWNER)
    assert (sample.blueprint, bool(sample.why)) == (None, True)


async def test_progress_is_told_record_by_record(earlier: Earlier) -> None:
    everything(earlier)
    report = await earlier()
    assert [done for _, done in earlier.told] == list(range(1, len(report.records) + 1))


async def test_checksums_are_those_of_the_files_that_were_taken(earlier: Earlier) -> None:
    everything(earlier)
    await earlier()
    digests = {hashlib.sha256(content).digest() for content in earlier.storage.objects.values()}
    sources = {
        hashlib.sha256(file.read_bytes()).digest()
        for file in earlier.folder.rglob("*")
        if file.is_file()
    }
    assert digests == sources


async def test_with_accounts_everybody_keeps_their_films(tmp_path: Path) -> None:
    """Users come disabled and without passwords; an operator enables them."""
    earlier = Earlier(tmp_path, keeps_users=True)
    everything(earlier)
    earlier.task(5, "failed", user=1)
    earlier.task(6, "failed", user=None)
    earlier.task(7, "failed", user="Ana@example.org")
    report = await earlier()
    assert report.verified is not None
    assert report.verified.faults == ()
    assert "choreographytask.user" not in {each.name for each in report.dropped}
    film = await earlier.on_record(1)
    assert (film.owner, film.output_path) == ("user_47", paths.film("user_47", UUID(int=1)))
    assert film.output_path in earlier.storage.objects
    blueprint = await earlier.archive.get(UUID(int=1))
    assert blueprint.output_config.output_path == film.output_path
    rules.check(blueprint, "user_47")
    assert (await earlier.on_record(5)).owner == "user_1"
    assert (await earlier.on_record(6)).owner == OWNER
    owner = (await earlier.on_record(7)).owner
    assert owner.startswith("user_")
    assert set(earlier.users.users) == {"user_47", "user_1", owner}
    for user in earlier.users.users.values():
        assert (user.name, user.disabled, user.password_hash) == (user.id, True, None)
        check_user_id(user.id)
    await earlier.users.update("user_1", lambda u: msgspec.structs.replace(u, disabled=False))
    assert came_only(await earlier(), Came.THERE)
    assert earlier.users.users["user_1"].disabled is False


async def test_what_came_before_there_were_accounts_stays_with_its_owner(tmp_path: Path) -> None:
    film = f"choreographies/choreography_{task_key(1)}.mp4"
    before, later = Earlier(tmp_path), Earlier(tmp_path, keeps_users=True)
    before.task(1, "completed", result={"output_path": film})
    later.task(1, "completed", result={"output_path": film})
    await before()
    later.tasks.history.update(before.tasks.history)
    later.file(film, encoder.clip("film", 240, 30))
    assert outcomes(await later(), Model.TASK) == {task_key(1): Came.COMPLETED}
    task = await later.on_record(1)
    assert (task.owner, task.output_path) == (OWNER, paths.film(OWNER, UUID(int=1)))
