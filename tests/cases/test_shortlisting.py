"""Of very many moves a dance is chosen from those that suit, the same ones every time."""

from pathlib import Path
from uuid import UUID

import msgspec
import pytest

from adapters.description_model.offline import OfflineDescriptionModel
from adapters.embedding.hashed import HashedEmbedder
from adapters.index.vector_index import VectorIndex
from adapters.memory import encoder
from adapters.memory.artifact_cache import MemoryArtifactCache
from adapters.memory.audio_analyzer import MemoryAudioAnalyzer
from adapters.memory.clock import MemoryClock
from adapters.memory.library import MemoryLibrary
from adapters.memory.media_probe import MemoryMediaProbe
from adapters.memory.storage import MemoryStorage
from adapters.memory.workspace import MemoryWorkspace
from application.library.analyze_song import AnalyzeSong
from application.library.backfill_text_embeddings import BackfillTextEmbeddings
from application.planning.choreography_request import ChoreographyRequest
from application.planning.motion_cache import MotionCache
from application.planning.plan import PlanChoreography
from application.planning.shortlisting import Shortlist
from application.search.move_search import FindMoves
from domain.blueprint.model import Difficulty
from domain.library.embeddings import Part, unpacked
from domain.library.moves import Energy, Move, Style
from domain.library.songs import Analysis, Song
from domain.planning.planner import LockedMove, Wish
from domain.shared.errors import InvalidRequest
from tests.strategies.entries import row

pytestmark = pytest.mark.anyio

SONG = Song(id="song", title="Song", artist="Band", audio_path="songs/song", duration=32)
LABELS = ("basic", "spin", "intros", "outro")
TEMPO = 120.0
COUNT = 800


class Ear(MemoryAudioAnalyzer):
    """Hears in every song the same numbers, or none."""

    def __init__(self, *, hears: bool) -> None:
        super().__init__()
        self._hears = hears

    async def analyze(self, song: Path) -> Analysis:
        analysis = await super().analyze(song)
        numbers = tuple(unpacked(row(Part.AUDIO, 1))) if self._hears else ()
        return msgspec.structs.replace(analysis, embedding=numbers)


class LargeLibrary:
    """A library of many moves, and who makes the shortlist."""

    def __init__(self, root: Path, *, hears: bool = True, many: int = 500) -> None:
        self.library = MemoryLibrary([SONG], [move(number) for number in range(COUNT)])
        self.embeddings = self.library.embeddings
        embedder = HashedEmbedder()
        self.embed = BackfillTextEmbeddings(self.embeddings, embedder)
        ear = Ear(hears=hears)
        find = FindMoves(
            self.embeddings,
            VectorIndex(),
            embedder,
            MemoryClock(),
            makers={Part.AUDIO: ear.name},
            patience=0,
            complete=self.embed,
        )
        self.analyze_song = AnalyzeSong(
            self.library.songs,
            MemoryStorage({SONG.audio_path: encoder.song(32)}),
            MemoryArtifactCache(),
            MemoryMediaProbe(),
            MemoryWorkspace(root),
            ear,
        )
        self.shortlist = Shortlist(self.library.moves, find, self.analyze_song, many)

    async def ids(self, wish: Wish, words: str | None = None) -> list[str]:
        return [move.id for move in await self.shortlist("song", TEMPO, wish, words)]


def move(number: int, **changed: object) -> Move:
    """Every seventh is too slow, one in fifty is sensual and easy."""
    plain = Move(
        id=f"m{number:04}",
        name=f"Move {number}",
        label=LABELS[number % 4],
        video_path="clips/a.mp4",
        difficulty=Difficulty.BEGINNER if number % 50 == 1 else Difficulty.ADVANCED,
        energy_level=list(Energy)[number % 3],
        style=Style.SENSUAL if number % 50 == 1 else Style.PLAYFUL,
        duration=8.0,
        tempo=90.0 if number % 7 == 0 else 125.0,
    )
    return msgspec.structs.replace(plain, **changed)


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    """One loop for the file, so that its tests share an index."""
    return "asyncio"


@pytest.fixture(scope="module")
async def large_library(tmp_path_factory: pytest.TempPathFactory) -> LargeLibrary:
    place = LargeLibrary(tmp_path_factory.mktemp("large_library"))
    await place.embed()
    # The ones that end in 5 are danced to music like the song.
    for number in range(5, COUNT, 10):
        embedding = await place.embeddings.find(f"m{number:04}")
        assert embedding is not None
        rows = msgspec.structs.replace(embedding.rows, audio=row(Part.AUDIO, 1))
        await place.embeddings.keep(
            msgspec.structs.replace(embedding, rows=rows, audio_by="memory")
        )
    return place


async def test_of_few_moves_all_are_weighed(tmp_path: Path) -> None:
    large_library = LargeLibrary(tmp_path, many=COUNT)
    assert len(await large_library.ids(Wish(banned=("m0001",)))) == COUNT


async def test_the_moves_suit_the_song_and_every_energy(large_library: LargeLibrary) -> None:
    moves = await large_library.shortlist("song", TEMPO, Wish())

    assert 250 < len(moves) < 600
    assert {each.tempo for each in moves} == {125.0}
    alike = sum(int(each.id[-1]) == 5 for each in moves)
    assert alike >= 60
    by_energy = [sum(each.energy_level is level for each in moves) for level in Energy]
    assert min(by_energy) >= 90
    for label in ("intros", "outro"):
        assert sum(each.label == label for each in moves) >= 30


async def test_everything_that_meets_a_narrow_wish_is_there(large_library: LargeLibrary) -> None:
    wish = Wish(difficulty=Difficulty.BEGINNER, style=Style.SENSUAL)
    ids = set(await large_library.ids(wish))

    meeting = {f"m{number:04}" for number in range(1, COUNT, 50) if number % 7}
    assert meeting <= ids
    # The planner relaxes the wish, and so needs others as well.
    assert len(ids - meeting) >= 100


async def test_the_words_have_a_say(large_library: LargeLibrary) -> None:
    assert "m0613" not in await large_library.ids(Wish())
    spins = await large_library.ids(Wish(), "spin Move 613")
    assert "m0613" in spins


async def test_the_same_wish_finds_the_same_moves(
    large_library: LargeLibrary, tmp_path: Path
) -> None:
    wish = Wish(energy_level=Energy.HIGH, seed=3)
    assert await large_library.ids(wish) == await large_library.ids(wish)
    deaf = LargeLibrary(tmp_path, hears=False)
    first, again = await deaf.ids(wish), await deaf.ids(wish)
    assert first == again
    other = await deaf.ids(msgspec.structs.replace(wish, seed=4))
    assert set(first) != set(other)


async def test_locked_moves_are_there_and_banned_ones_are_not(large_library: LargeLibrary) -> None:
    likest = (await large_library.ids(Wish()))[0]
    slow = "m0007"
    wish = Wish(locked=(LockedMove(position=0, move_id=slow),), banned=(likest,))
    ids = await large_library.ids(wish)
    assert slow in ids
    assert likest not in ids


async def test_a_move_that_has_just_come_may_be_danced(tmp_path: Path) -> None:
    large_library = LargeLibrary(tmp_path)
    wish = Wish(style=Style.ROMANTIC)
    await large_library.ids(wish)
    await large_library.library.moves.add(move(1, id="new", style=Style.ROMANTIC))
    await large_library.embed()
    await large_library.library.moves.remove("m0005")

    ids = await large_library.ids(wish)

    assert "new" in ids
    assert "m0005" not in ids


async def test_a_dance_is_chosen_from_the_shortlist(large_library: LargeLibrary) -> None:
    plan = PlanChoreography(
        large_library.library.songs,
        large_library.library.moves,
        large_library.analyze_song,
        MemoryClock(),
        OfflineDescriptionModel(),
        MotionCache(large_library.embeddings),
        large_library.shortlist,
    )
    listed = set(await large_library.ids(Wish()))
    far = next(f"m{number:04}" for number in range(COUNT) if f"m{number:04}" not in listed)
    request = ChoreographyRequest(
        song_id="song",
        locked_moves=(LockedMove(position=1, move_id="m0001"),),
        banned_moves=(far,),
    )

    dance = (await plan(request, UUID(int=1), "local")).blueprint

    assert {each.clip_id for each in dance.moves} <= listed | {"m0001"}
    assert "m0001" in {each.clip_id for each in dance.moves}
    wrong = msgspec.structs.replace(request, banned_moves=(far, "nobody"))
    with pytest.raises(InvalidRequest) as refused:
        await plan(wrong, UUID(int=1), "local")
    assert [each.path for each in refused.value.violations] == ["$.banned_moves[1]"]
