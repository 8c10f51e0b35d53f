"""Clips that were filmed to the same recording share the most certain beats."""

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from adapters.memory import encoder
from adapters.memory.artifact_cache import MemoryArtifactCache
from adapters.memory.jobs import MemoryJobRepository
from adapters.memory.library import MemoryLibrary
from adapters.memory.media_probe import MemoryMediaProbe
from adapters.memory.sound_aligner import MemorySoundAligner
from adapters.memory.storage import MemoryStorage
from adapters.memory.workspace import MemoryWorkspace
from application.library.share_beats import ShareBeats
from application.library.upload_move import MoveForm, UploadMove
from domain.jobs.job import Job, JobKind
from domain.library.corrections import Correction
from domain.library.moves import Move
from domain.library.shared_recordings import Alignment, SoundPrint
from tests.rules.test_shared_recordings import SURE, clip
from tests.world.importing import Place
from tests.world.preparing import library_jobs
from tests.world.trouble import Trouble

pytestmark = pytest.mark.anyio

UNSURE = clip("unsure", 0.3, tempo=63.5)
SURER = clip("surer", 0.95)
STRANGER = clip("stranger", 0.99)
FILES = {each.id: encoder.clip(each.id, 360, 30) for each in (SURE, UNSURE, SURER, STRANGER)}
SAME = Alignment(offset=1.0, quality=1.0)


class Counting(MemorySoundAligner):
    """Counts the fingerprints that it makes."""

    made = 0

    async def fingerprint(self, clip: Path) -> SoundPrint:
        self.made += 1
        return await super().fingerprint(clip)


class World:
    def __init__(self, folder: Path, *moves: Move) -> None:
        self.moves = MemoryLibrary(moves=moves).moves
        self.storage = MemoryStorage({move.video_path: FILES[move.id] for move in moves})
        alignments = {(FILES[one], FILES["unsure"]): SAME for one in ("sure", "surer")}
        self.aligner = Counting(alignments)
        self.share = ShareBeats(
            self.moves,
            self.storage,
            MemoryArtifactCache(),
            MemoryMediaProbe(),
            MemoryWorkspace(folder),
            self.aligner,
        )


async def test_an_unsure_clip_takes_the_beats_of_the_surest_one(tmp_path: Path) -> None:
    world = World(tmp_path, SURE, UNSURE, SURER, STRANGER)
    shared = await world.share()
    move = await world.moves.get("unsure")
    assert shared == (move,)
    assert (move.beats_from, move.confidence, move.tempo) == ("surer", 0.95, 127)
    assert await world.share() == ()


async def test_the_others_stay_as_they_are(tmp_path: Path) -> None:
    world = World(tmp_path, SURE, UNSURE, SURER, STRANGER)
    await world.share()
    for each in (SURE, SURER, STRANGER):
        assert await world.moves.get(each.id) == each


async def test_what_a_person_said_of_a_clip_stays(tmp_path: Path) -> None:
    world = World(tmp_path, SURE, UNSURE)
    await world.moves.correct("unsure", Correction(beats="double"))
    move = await world.moves.get("unsure")
    assert await world.share() == ()
    assert await world.moves.get("unsure") == move


async def test_nothing_is_fingerprinted_where_every_clip_is_sure(tmp_path: Path) -> None:
    world = World(tmp_path, SURE, SURER, STRANGER)
    assert await world.share() == ()
    assert world.aligner.made == 0


async def test_a_fingerprint_is_made_once(tmp_path: Path) -> None:
    still = msgspec.structs.replace(UNSURE, confidence=0.2)
    world = World(tmp_path, STRANGER, still)
    assert await world.share() == ()
    assert await world.share() == ()
    assert world.aligner.made == 2


async def test_a_clip_that_got_lost_is_passed_over(tmp_path: Path) -> None:
    world = World(tmp_path, SURE, UNSURE, SURER)
    await world.storage.delete(SURER.video_path)
    await world.share()
    assert (await world.moves.get("unsure")).beats_from == "sure"


async def unnoticed(name: str, done: int, of: int) -> None:
    pass


def filmed_to_one_recording(place: Place) -> dict[tuple[bytes, bytes], Alignment]:
    for name in ("known.mp4", "unsure.mp4"):
        place.clip(name)
    one, other = ((place.folder / f"{name}.mp4").read_bytes() for name in ("known", "unsure"))
    return {(one, other): Alignment(offset=0.25, quality=0.9)}


async def test_an_import_says_whose_beats_a_clip_has(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.alignments.update(filmed_to_one_recording(place))
    report = await place()
    messages = {
        each.id: [n.message for n in each.notes if n.field == "beats"] for each in report.moves
    }
    assert messages["known"] == []
    assert messages["unsure"][-1].startswith("Beats from 'known', same recording")
    assert (await place.moves())["unsure"].beats_from == "known"
    assert await place.checked() == []


async def test_a_check_of_the_library_shares_beats_and_says_whose(tmp_path: Path) -> None:
    place = Place(tmp_path)
    alignments = filmed_to_one_recording(place)
    await place()
    assert await place.checked() == [("unsure", "beats")]
    place.alignments.update(alignments)
    [finding] = await place.check(unnoticed)
    assert (finding.move_id, finding.message) == ("unsure", "Beats from 'known', same recording.")
    assert await place.checked() == []


async def test_many_uploads_read_the_library_once_and_share_what_each_alone_would(
    tmp_path: Path,
) -> None:
    place, trouble = Place(tmp_path), Trouble()
    jobs, records = library_jobs()
    place.alignments.update(filmed_to_one_recording(place))
    share = ShareBeats(
        trouble.around(place.library.moves, "moves"),
        place.storage,
        MemoryArtifactCache(),
        MemoryMediaProbe(),
        place.workspace,
        MemorySoundAligner(place.alignments),
    )
    upload = UploadMove(
        place.library.moves,
        place.library.files,
        MemoryMediaProbe(),
        place.examine,
        place.add_move,
        jobs,
        1,
    )
    for number in range(10):
        place.clip(f"{number}.mp4")
        await upload(place.folder / f"{number}.mp4", MoveForm(name=f"Other {number}"))
    for name in ("unsure", "known"):
        await upload(place.folder / f"{name}.mp4", MoveForm(name=name))
    kinds = [job.kind async for job in _claimed(records)]
    assert kinds.count(JobKind.SHARE_BEATS) == 1
    assert kinds.count(JobKind.PREPARE_ITEM) == 12
    await share()
    assert trouble.calls.count("moves.page") == 1
    assert (await place.moves())["unsure"].beats_from == "known"


async def _claimed(records: MemoryJobRepository) -> AsyncIterator[Job]:
    while (job := await records.claim()) is not None:
        yield job
