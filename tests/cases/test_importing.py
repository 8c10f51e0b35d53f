"""Libraries imported and checked, over ports in memory."""

import asyncio
import os
import sys
from pathlib import Path

import msgspec
import pytest

from adapters.memory import encoder
from adapters.memory.embedder import MemoryEmbedder
from application.library.backfill_text_embeddings import BackfillTextEmbeddings
from application.library.import_library import ImportReport, Outcome
from application.media.store_file import fingerprint
from domain.importing.move_lists import Kind
from domain.library.embeddings import packed
from domain.library.media import Media
from domain.library.moves import Energy
from domain.shared import paths
from domain.shared.bucket_uris import Home
from domain.shared.errors import FFmpegFailed, InvalidRequest, StorageFailed
from tests.world.importing import ANALYSIS, Place
from tests.world.trouble import Kind as Trouble
from tests.world.trouble import Trouble as Troubled

pytestmark = pytest.mark.anyio


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def outcomes(report: ImportReport) -> dict[str, str]:
    return {move.id: move.outcome.value for move in report.moves}


def noted(report: ImportReport, move_id: str, kind: Kind) -> list[str]:
    notes = next(move.notes for move in report.moves if move.id == move_id)
    return [note.field for note in notes if note.kind is kind]


EXPORT = {
    "embeddings": [
        {
            "clip_id": name,
            "move_name": name.title(),
            "video_path": f"data/steps/{label}/{name}.mp4",
            "pose_embedding": [1.0] + [0.0] * 511,
            "text_embedding": [1.0] + [0.0] * 383,
            "difficulty": "advanced",
            "energy_level": "low",
            "style": "playful",
            "duration": 8.0,
            "move_label": label,
        }
        for label, name in (("spin", "one"), ("spin", "two"), ("basic", "three"))
    ]
}


async def test_a_folder_of_clips_becomes_moves(place: Place) -> None:
    place.clip("spin/double_spin.mp4")
    place.clip("basic/Básico.MP4", sound=False)
    place.clip(".hidden/x.mp4")
    place.write("readme.txt", "nothing")
    report = await place()
    assert outcomes(report) == {"basico": "added", "double_spin": "added"}
    spin = (await place.moves())["double_spin"]
    assert (spin.name, spin.label, spin.duration) == ("Double Spin", "spin", 8.0)
    assert (spin.tempo, spin.first_count, spin.beats) == (128.0, 0.71875, ANALYSIS.beats)
    assert spin.energy_level is Energy.HIGH
    entry = (await place.entries())["double_spin"]
    assert entry.rows.audio == packed(ANALYSIS.embedding)
    assert (entry.audio_by, entry.text_by, entry.rows.pose) == ("ear 1", "memory", None)
    assert entry.energy_start == entry.energy_end == 0.75
    assert spin.video_path in place.storage.objects
    assert noted(report, "double_spin", Kind.MISSING) == ["difficulty", "style", "pose_embedding"]
    assert noted(report, "basico", Kind.MISSING)[:2] == ["sound", "tempo"]
    assert (place.told[0], place.told[-1][1:]) == (("", 0, 2), (2, 2))
    assert await place.checked() == []


async def test_an_export_is_taken_as_it_is_and_what_lacks_is_reported(place: Place) -> None:
    place.clip("steps/spin/one.mp4")
    place.clip("steps/spin/two.mp4", 9)
    place.write("move_embeddings.json", EXPORT)
    place.write("beats.json", {"one": [1, 2]})
    place.write("broken.json", "{")
    report = await place()
    assert outcomes(report) == {"one": "added", "two": "added", "three": "missing"}
    one = (await place.entries())["one"]
    assert one.rows.pose == packed([1.0] + [0.0] * 511)
    assert (one.pose_by, one.text_by, one.audio_by) == ("imported", "imported", "ear 1")
    assert noted(report, "two", Kind.INCONSISTENT) == ["duration"]
    assert (await place.moves())["two"].duration == 9.0
    assert noted(report, "three", Kind.MISSING) == ["clip"]
    assert [each.split(":")[0] for each in report.passed_over] == ["beats.json", "broken.json"]


async def test_clips_in_our_bucket_are_meant_by_their_keys_and_others_are_refused(
    tmp_path: Path,
) -> None:
    listed = ["gs://ours/kept/spin/one.mp4", "s3://theirs/spin/two.mp4", "gs://ours/three.mp4"]
    for home in (Home(bucket="ours", folder="kept"), None):
        place = Place(tmp_path / str(home), home=home)
        for name in ("one", "two", "three"):
            place.clip(f"spin/{name}.mp4")
        place.write("list.json", [{"video_path": path} for path in listed])
        report = await place(place.folder / "list.json")
        refused = [move for move in report.moves if move.outcome is Outcome.REFUSED]
        assert len(await place.moves()) == 3 - len(refused)
        messages = [note.message for move in refused for note in move.notes if note.field == "clip"]
        assert [each.partition(" of ")[0] for each in messages] == (
            [
                "'s3://theirs/spin/two.mp4' is not in the bucket 'ours'",
                "'gs://ours/three.mp4' is not in the folder 'kept'",
            ]
            if home
            else []
        )


@pytest.mark.parametrize("mark", [",", ";", "\t"])
async def test_a_csv_list_is_imported_by_its_own_words(place: Place, mark: str) -> None:
    place.clip("one.mp4")
    place.clip("two.mp4")
    lines = [
        ["File", "Name", "Label", "Difficulty", "Energy", "Style", "BPM", "first_count"],
        ["one.mp4", "Uno", "Giro", "fácil", "alta", "sensual", "140", "1.5"],
    ]
    place.write("list.csv", "\ufeff" + "\r\n".join(mark.join(line) for line in lines))
    report = await place(place.folder / "list.csv")
    assert outcomes(report) == {"one": "added"}
    one = (await place.moves())["one"]
    assert (one.name, one.label, one.difficulty, one.energy_level, one.style) == (
        "Uno",
        "Giro",
        "beginner",
        "high",
        "sensual",
    )
    assert (one.tempo, one.first_count) == (128.0, 1.5)
    assert noted(report, "one", Kind.INCONSISTENT) == ["tempo"]


@pytest.mark.parametrize(
    ("name", "claim", "tempo"),
    [("beatless.mp4", 140, 140.0), ("noise.mp4", 140, 140.0), ("beatless.mp4", None, 120.0)],
)
async def test_where_no_beat_is_heard_the_list_is_believed(
    place: Place, name: str, claim: float | None, tempo: float
) -> None:
    place.clip(name)
    place.write("list.json", [{"file": name, "tempo": claim, "first_count": 99}])
    report = await place()
    move = next(iter((await place.moves()).values()))
    assert (move.tempo, move.first_count) == (tempo, 0.0)
    assert "first_count" in noted(report, move.id, Kind.INCONSISTENT)


@pytest.mark.parametrize(
    ("claim", "tempo", "beats"),
    [(255, 256.0, 31), (230, 256.0, 31), (66, 64.0, 8), (60, 64.0, 8), (128, 128.0, 16)],
)
async def test_the_tempo_of_a_list_says_at_which_octave_a_clip_is_counted(
    place: Place, claim: float, tempo: float, beats: int
) -> None:
    place.clip("one.mp4")
    place.write("list.json", [{"file": "one.mp4", "tempo": claim}])
    await place()
    one = next(iter((await place.moves()).values()))
    assert (one.tempo, len(one.beats)) == (tempo, beats)
    assert one.first_count == pytest.approx(0.71875)


@pytest.mark.parametrize("claim", [100, 170, 90, 300, 40])
async def test_a_tempo_that_is_no_octave_of_what_is_heard_changes_nothing(
    place: Place, claim: float
) -> None:
    place.clip("one.mp4")
    place.write("list.json", [{"file": "one.mp4", "tempo": claim}])
    report = await place()
    one = next(iter((await place.moves()).values()))
    assert (one.tempo, one.beats) == (128.0, ANALYSIS.beats)
    assert noted(report, one.id, Kind.INCONSISTENT) == ["tempo"]


async def test_importing_again_changes_nothing(place: Place) -> None:
    place.clip("steps/spin/one.mp4")
    place.write("move_embeddings.json", EXPORT)
    await place()
    before = (await place.moves(), await place.entries(), dict(place.storage.objects))
    assert outcomes(await place())["one"] == "unchanged"
    assert (await place.moves(), await place.entries(), place.storage.objects) == before


async def test_moves_keep_the_ids_they_had_before_names_were_spelled(place: Place) -> None:
    for name in ("中国語", "日本語"):
        place.clip(f"{name}.mp4")
    await place()
    new = await place.moves()
    assert sorted(new) == ["ribenyu", "zhongguoyu"]
    formerly = {"unnamed": new["zhongguoyu"], "unnamed-unsorted": new["ribenyu"]}
    for move_id, move in formerly.items():
        entry = await place.embeddings.find(move.id)
        assert entry is not None
        await place.library.moves.remove(move.id)
        clip = place.folder / f"{move.name}.mp4"
        path = paths.clip(move_id, await fingerprint(clip), "0" * 12)
        await place.storage.put(clip, path)
        await place.library.moves.add(msgspec.structs.replace(move, id=move_id, video_path=path))
        await place.embeddings.keep(msgspec.structs.replace(entry, move_id=move_id))
    report = await place()
    assert outcomes(report) == dict.fromkeys(formerly, "unchanged")
    assert set(await place.moves()) == set(formerly)


async def test_another_clip_of_the_same_id_is_refused(place: Place) -> None:
    place.clip("spin/one.mp4")
    await place()
    place.clip("spin/one.mp4", 12)
    report = await place()
    assert outcomes(report) == {"one": "refused"}
    assert (await place.moves())["one"].duration == 8.0


async def test_a_bad_clip_keeps_no_other_out(place: Place) -> None:
    place.clip("a.mp4")
    (place.folder / "b.mp4").write_bytes(b"no film")
    (place.folder / "c.mp4").write_bytes(encoder.song(8))
    place.clip("d.mp4")
    report = await place()
    assert outcomes(report) == {"a": "added", "b": "refused", "c": "refused", "d": "added"}
    assert noted(report, "b", Kind.INCONSISTENT) == ["clip"]
    assert list(await place.moves()) == ["a", "d"] == list(await place.entries())


@pytest.mark.parametrize("path", ["nowhere", "file.txt", "broken.json", "other.json"])
async def test_what_holds_no_moves_is_refused(place: Place, path: str) -> None:
    place.write("file.txt", "x")
    place.write("broken.json", "{")
    place.write("other.json", {"a": 1})
    with pytest.raises(InvalidRequest):
        await place(place.folder / path)


async def test_one_clip_may_be_imported_alone(place: Place) -> None:
    place.clip("a.mp4")
    place.clip("b.mp4")
    assert outcomes(await place(place.folder / "a.mp4")) == {"a": "added"}


@pytest.mark.parametrize("kind", [Trouble.FAILURE, Trouble.LATE_FAILURE, Trouble.CANCELLATION])
async def test_whatever_happens_no_move_is_there_by_half(tmp_path: Path, kind: Trouble) -> None:
    for at in range(sys.maxsize):
        root = tmp_path / str(at)
        root.mkdir()
        trouble = Troubled(at, kind)
        place = Place(root, trouble)
        for name in ("a", "b", "c"):
            place.clip(f"{name}.mp4")
        trouble.victim = asyncio.ensure_future(place())
        await asyncio.wait([trouble.victim])
        failed = None if trouble.victim.cancelled() else trouble.victim.exception()
        if not trouble.struck:
            assert failed is None
            break
        moves, entries = await place.moves(), await place.entries()
        stored = sorted(move.video_path for move in moves.values())
        # A move whose entry failed after it was made has lost its clip; importing brings it back.
        assert kind is Trouble.LATE_FAILURE or sorted(place.storage.objects) == stored
        assert set(entries) <= set(moves)
        if kind is Trouble.CANCELLATION:
            assert set(entries) == set(moves)
        again = await place()
        assert set(await place.entries()) == {"a", "b", "c"} == set(await place.moves())
        assert again.count(Outcome.REFUSED) == 0
        assert await place.checked() == []


async def test_a_move_without_its_embedding_is_completed(place: Place) -> None:
    place.clip("a.mp4")
    await place()
    moves = await place.moves()
    before = (await place.entries())["a"]
    place.embeddings.drop("a")
    assert await place.entries() == {}
    assert outcomes(await place()) == {"a": "completed"}
    assert await place.entries() == {"a": before}
    assert await place.moves() == moves


async def test_a_clip_that_is_gone_from_the_storage_is_brought_back(place: Place) -> None:
    place.clip("a.mp4")
    await place()
    before = dict(place.storage.objects)
    place.storage.objects.clear()
    assert outcomes(await place()) == {"a": "completed"}
    assert place.storage.objects == before


async def test_a_storage_that_fails_is_told_of_every_move(place: Place) -> None:
    async def full(source: Path, path: str, *, may_take_ownership: bool = False) -> None:
        raise StorageFailed("The disk is full.")

    place.storage.put = full
    place.clip("a.mp4")
    report = await place()
    assert report.moves[0].notes[-1].message == "The disk is full."
    assert (await place.moves(), await place.entries()) == ({}, {})


async def test_moves_that_were_not_imported_are_made_findable(place: Place) -> None:
    place.clip("a.mp4")
    await place()
    entry = (await place.entries())["a"]
    plain = msgspec.structs.replace((await place.moves())["a"], id="plain")
    await place.library.moves.add(plain)
    embed = BackfillTextEmbeddings(place.embeddings, MemoryEmbedder())
    assert (await embed(), await embed()) == (1, 0)
    entries = await place.entries()
    assert entries["a"] == entry
    assert entries["plain"].text_by == "memory"
    assert await place.checked() == []


@pytest.mark.parametrize(
    "error", [ValueError("odd"), KeyError("x"), RecursionError(), MemoryError(), FFmpegFailed()]
)
async def test_whatever_one_clip_does_the_others_are_imported(
    place: Place, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    async def measure(media: Path) -> Media:
        if media.name == "b.mp4":
            raise error
        return await plain(media)

    room = place.bring._media_probe  # pyright: ignore[reportPrivateUsage]
    plain = room.measure
    monkeypatch.setattr(room, "measure", measure)
    for name in ("a", "b", "c"):
        place.clip(f"{name}.mp4")
    report = await place()
    assert outcomes(report) == {"a": "added", "b": "refused", "c": "added"}
    message = next(each.notes[-1].message for each in report.moves if each.id == "b")
    assert type(error).__name__ in message or str(error) in message


async def test_names_that_are_not_utf_8_are_imported_and_can_be_read(place: Place) -> None:
    place.clip("a.mp4")
    folder = place.folder / os.fsdecode(b"ni\xf1os")
    folder.mkdir()
    (place.folder / "a.mp4").rename(folder / os.fsdecode(b"gir\xf3.mp4"))
    place.write(os.fsdecode(b"l\xeds.json"), {"a": 1})
    report = await place()
    assert outcomes(report) == {"gir": "added"}
    assert (await place.moves())["gir"].name == "Gir\ufffd"
    assert (await place.moves())["gir"].label == "ni\ufffdos"
    assert b"l\xef\xbf\xbds.json" in msgspec.json.encode(report)


async def test_a_move_that_is_there_and_unusable_is_named_so_by_an_import(place: Place) -> None:
    place.clip("a.mp4")
    await place()
    await place.library.moves.mark_unusable((await place.moves())["a"], "It is damaged.")
    [again] = (await place()).moves
    assert again.outcome is Outcome.UNCHANGED
    assert again.notes[-1].message == "No film can be made of it: It is damaged."


@pytest.mark.parametrize(("name", "confidence"), [("one.mp4", 1.0), ("beatless.mp4", None)])
async def test_how_sure_a_clips_beats_are_is_kept(
    place: Place, name: str, confidence: float | None
) -> None:
    place.clip(name)
    await place()
    (move,) = (await place.moves()).values()
    assert move.confidence == confidence
