"""The library driven at random, with trouble at any call: no row ever points nowhere."""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from adapters.memory import encoder
from adapters.memory.blueprints import MemoryBlueprintArchive
from adapters.memory.clock import MemoryClock
from adapters.memory.embedder import MemoryEmbedder
from adapters.memory.encoder import MemoryEncoder
from adapters.memory.library import MemoryLibrary
from adapters.memory.media_probe import MemoryMediaProbe
from adapters.memory.motion_analyzer import MemoryMotionAnalyzer
from adapters.memory.storage import MemoryStorage
from adapters.memory.tasks import MemoryTaskRepository
from adapters.memory.workspace import MemoryWorkspace
from application.library.add_move import AddMove
from application.library.add_song import AddSong
from application.library.clip_analysis import Examination
from application.library.import_library import ImportLibrary, Outcome
from application.library.remove import RemoveMove, RemoveSong
from application.library.upload_move import MoveForm, UploadMove
from application.operations.recover_storage import RecoverStorage
from application.ports.moves import MoveFilter
from application.ports.pagination import read_all
from application.ports.songs import SongFilter
from domain.library.songs import Song
from domain.shared import paths
from domain.shared.errors import NotFound
from domain.storage.cleanup import FRESH
from tests.world.importing import analyze_audio
from tests.world.libraries import surrounded
from tests.world.preparing import library_jobs
from tests.world.trouble import LASTING, Kind, Trouble

IDS = st.sampled_from(["a", "b"])
TROUBLE = st.one_of(st.none(), *[st.tuples(st.integers(0, 12), st.sampled_from(LASTING))] * 2)
"""The call of some work that fails, and its failure; a third of all work has none."""
Mischief = tuple[int, Kind] | None


class Place:
    """A library in memory, each port within reach of trouble."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.trouble = Trouble()
        self.clock = MemoryClock()
        self.library = MemoryLibrary()
        self.storage = MemoryStorage(now=self.clock.now)
        self.workspace = MemoryWorkspace(root / "work")
        around = self.trouble.around
        library, storage = surrounded(self.library, around), around(self.storage, "storage")
        room, workspace = around(MemoryEncoder(), "encoder"), around(self.workspace, "workspace")
        embedder = around(MemoryEmbedder(), "embedder")
        tasks, archive = MemoryTaskRepository(), MemoryBlueprintArchive()
        media_probe = around(MemoryMediaProbe(), "media_probe")
        add_move = AddMove(
            library.moves, library.files, storage, media_probe, room, workspace, embedder
        )
        examine = Examination(analyze_audio, embedder, MemoryMotionAnalyzer())
        embeddings = library.embeddings
        self.bring = ImportLibrary(
            library.moves,
            library.files,
            storage,
            embeddings,
            media_probe,
            add_move,
            examine,
            1,
        )
        self.library_jobs, self.jobs = library_jobs()
        self.upload = UploadMove(
            library.moves,
            library.files,
            media_probe,
            examine,
            add_move,
            self.library_jobs,
            2,
        )
        self.add_song = AddSong(library.songs, library.files, storage, media_probe, room, workspace)
        self.remove_move = RemoveMove(library.moves, library.files, storage)
        self.remove_song = RemoveSong(library.songs, library.files, storage)
        self.recover = RecoverStorage(
            library.songs,
            library.moves,
            library.files,
            around(tasks, "tasks"),
            around(archive, "archive"),
            storage,
        )

    async def rows(self) -> dict[str, set[str]]:
        """Paths of moves and songs."""
        moves = await read_all(
            lambda after, most: self.library.moves.page(MoveFilter(), after, most)
        )
        songs = await read_all(
            lambda after, most: self.library.songs.page(SongFilter(), after, most)
        )
        return {
            "moves": {move.video_path for move in moves},
            "songs": {song.audio_path for song in songs},
        }


class LibraryMachine(RuleBasedStateMachine):
    """Moves and songs come and go, one after another or at once; then all is well again."""

    def __init__(self) -> None:
        super().__init__()
        self.mischief: Mischief = None
        self.folder = tempfile.TemporaryDirectory()
        self.place = Place(Path(self.folder.name))
        clips = self.place.root / "clips"
        clips.mkdir()
        for name in ("a", "b"):
            (clips / f"{name}.mp4").write_bytes(encoder.clip(name, 240, 30))
        self.sound = self.place.root / "song"
        self.sound.write_bytes(encoder.song(20))

    @rule(name=IDS, mischief=TROUBLE)
    def import_a_clip(self, name: str, mischief: Mischief) -> None:
        if self.done(mischief, self.importing(name)) == [True]:
            assert self.kept(self.place.library.moves.get, name)

    @rule(name=IDS, mischief=TROUBLE)
    def upload_a_clip(self, name: str, mischief: Mischief) -> None:
        for move in self.done(mischief, self.uploading(name)):
            assert isinstance(move, BaseException) or self.kept(
                self.place.library.moves.get, str(move)
            )

    @rule(name=IDS, mischief=TROUBLE)
    def add_a_song(self, name: str, mischief: Mischief) -> None:
        if self.done(mischief, self.adding(name)) == [True]:
            assert self.kept(self.place.library.songs.get, name)

    @rule(name=IDS, mischief=TROUBLE)
    def remove_a_move(self, name: str, mischief: Mischief) -> None:
        self.gone(mischief, self.place.remove_move, self.place.library.moves.get, name)

    @rule(name=IDS, mischief=TROUBLE)
    def remove_a_song(self, name: str, mischief: Mischief) -> None:
        self.gone(mischief, self.place.remove_song, self.place.library.songs.get, name)

    @rule(name=IDS, mischief=TROUBLE)
    def remove_and_add_at_once(self, name: str, mischief: Mischief) -> None:
        place = self.place
        self.done(
            mischief,
            place.remove_move(name),
            self.importing(name),
            self.uploading(name),
            place.remove_song(name),
            self.adding(name),
            place.recover(),
        )

    @rule(mischief=TROUBLE)
    def recover(self, mischief: Mischief) -> None:
        self.done(mischief, self.place.recover())

    @rule()
    def every_port_is_back(self) -> None:
        self.place.trouble.back()

    @rule()
    def an_hour_passes(self) -> None:
        self.place.clock.advance(FRESH)

    @rule()
    def all_is_well_again(self) -> None:
        self.place.trouble.back()

        async def settle() -> None:
            await self.place.trouble.land()
            self.place.clock.advance(FRESH)
            recovery = await self.place.recover()
            assert recovery.failed == recovery.held_back == ()
            assert (await self.place.recover()).removed == ()
            rows = await self.place.rows()
            assert {*self.place.storage.objects} == rows["moves"] | rows["songs"]
            assert await self.place.library.files.removed() == ()

        asyncio.run(settle())

    @invariant()
    def every_row_has_its_file_and_what_finds_it(self) -> None:
        async def look() -> tuple[dict[str, set[str]], list[str], list[str]]:
            moves = await read_all(
                lambda after, most: self.place.library.moves.page(MoveFilter(), after, most)
            )
            entries = await read_all(self.place.library.embeddings.page)
            return (
                await self.place.rows(),
                [each.video_path for each in moves],
                [each.move.video_path for each in entries],
            )

        rows, clips, indexed = asyncio.run(look())
        assert rows["moves"] | rows["songs"] <= {*self.place.storage.objects}
        assert clips == indexed
        assert self.place.workspace.open == set()

    def teardown(self) -> None:
        self.folder.cleanup()

    def done(self, mischief: Mischief, *works: Awaitable[object]) -> list[object]:
        """Do some work at once, and return the answers."""
        trouble = self.place.trouble
        if mischief is not None:
            at, trouble.kind = mischief
            trouble.at = len(trouble.calls) + at

        async def work() -> list[object]:
            tasks = [asyncio.ensure_future(each) for each in works]
            trouble.victim = tasks[0]
            answers = await asyncio.gather(*tasks, return_exceptions=True)
            trouble.at = None
            await trouble.land()
            return [*answers]

        return asyncio.run(work())

    def gone(
        self,
        mischief: Mischief,
        remove: Callable[[str], Awaitable[None]],
        find: Callable[[str], Awaitable[object]],
        name: str,
    ) -> None:
        """Remove something; where that fails it is done once more, until it ends well."""
        answers = self.done(mischief, remove(name))
        if answers != [None] and not isinstance(answers[0], NotFound):
            self.place.trouble.back()
            again = self.done(None, remove(name))
            assert again == [None] or isinstance(again[0], NotFound)
        assert not self.kept(find, name)

    def kept(self, find: Callable[[str], Awaitable[object]], item_id: str) -> bool:
        async def look() -> bool:
            try:
                await find(item_id)
            except NotFound:
                return False
            return True

        return asyncio.run(look())

    async def importing(self, name: str) -> bool:
        async def on_progress(*_: object) -> None:
            pass

        report = await self.place.bring(self.place.root / "clips" / f"{name}.mp4", on_progress)
        return report.moves[0].outcome is not Outcome.REFUSED

    async def uploading(self, name: str) -> str:
        own = self.place.root / f"upload-{len(self.place.trouble.calls)}"
        own.write_bytes((self.place.root / "clips" / f"{name}.mp4").read_bytes())
        return (await self.place.upload(own, MoveForm(name=name))).id

    async def adding(self, name: str) -> bool:
        song = Song(id=name, title=name, artist="X", audio_path="songs/new", duration=1)
        await self.place.add_song(self.sound, song)
        return True


TestLibrary = LibraryMachine.TestCase
TestLibrary.settings = settings(max_examples=100, stateful_step_count=15, deadline=None)


def cleared(machine: LibraryMachine) -> None:
    """Leave a file that is nobody's for long, and one of a move that was removed."""
    machine.place.storage.objects[paths.clip("b", "0" * 16, "0" * 12)] = b"1"
    asyncio.run(machine.place.library.moves.remove("a"))
    machine.place.clock.advance(FRESH)


WORK: dict[str, tuple[Callable[[LibraryMachine], object], ...]] = {
    "import": (lambda at: at.import_a_clip("b", at.mischief),),
    "upload": (lambda at: at.upload_a_clip("a", at.mischief),),
    "song": (lambda at: at.add_a_song("b", at.mischief),),
    "remove a move": (lambda at: at.remove_a_move("a", at.mischief),),
    "remove a song": (lambda at: at.remove_a_song("a", at.mischief),),
    "recover": (cleared, lambda at: at.recover(at.mischief)),
    "at once": (lambda at: at.remove_and_add_at_once("a", at.mischief),),
}


@pytest.mark.parametrize("kind", LASTING)
@pytest.mark.parametrize("work", WORK)
def test_whatever_happens_at_each_call_no_row_points_nowhere_and_nothing_stays(
    work: str, kind: Kind
) -> None:
    """Every call of every work in turn, where chance may pass one over."""
    at, struck = 0, True
    while struck:
        machine = LibraryMachine()
        machine.import_a_clip("a", None)
        machine.add_a_song("a", None)
        *before, last = WORK[work]
        for each in before:
            each(machine)
        machine.place.trouble.struck = False
        machine.mischief = (at, kind)
        last(machine)
        struck = machine.place.trouble.struck
        machine.every_row_has_its_file_and_what_finds_it()
        machine.all_is_well_again()
        machine.every_row_has_its_file_and_what_finds_it()
        machine.teardown()
        at += 1
    assert at > 3
