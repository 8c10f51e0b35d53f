"""The contract of the repositories of a library: memory and each real database."""

import asyncio
from collections.abc import AsyncGenerator

import msgspec
import pytest

from adapters.database.engine import open_database
from application.ports.library_files import Kind, Removed
from application.ports.moves import MoveFilter
from application.ports.songs import SongFilter
from domain.blueprint.model import Difficulty
from domain.library.corrections import Correction
from domain.library.moves import Energy, Move, Style
from domain.library.retiming import retimed
from domain.library.songs import Analysis, Section, Song
from domain.shared.errors import (
    InvalidRequest,
    MoveNotFound,
    MoveTaken,
    SongNotFound,
    SongTaken,
    StorageFailed,
)
from domain.shared.paths import contents_of
from tests.world.libraries import Library, memory_library, sql_library

pytestmark = pytest.mark.anyio

ANALYSIS = Analysis(
    tempo=0.1 + 120.2,
    beats=(0.1, 0.1 + 0.2, 5e-324, 1e300),
    ones=(0.1,),
    sections=(Section(name="verse \0 é", start=0, end=12.3456789012345, energy=0.55),),
    duration=180.0,
    analyzed_by="score",
)
ORDERED = [
    "-",
    "2",
    "A",
    "B",
    "a",
    "a b",
    "aa",
    "b",
    "e\u0301",
    "z",
    "~",
    "é",
    "\ufffd",
    "\U0001f483",
]
"""By their bytes, as no dictionary would have them."""


@pytest.fixture
async def library(database_url: str | None) -> AsyncGenerator[Library]:
    if database_url is None:
        yield memory_library()
        return
    async with open_database(database_url) as database:
        yield sql_library(database)


def song(song_id: str = "a", **changed: object) -> Song:
    plain = Song(
        id=song_id, title="Lejos", artist="Grupo", audio_path="songs/a.m4a", duration=180.1
    )
    return msgspec.structs.replace(plain, **changed)


def move(move_id: str = "a", **changed: object) -> Move:
    plain = Move(
        id=move_id,
        name="Basic",
        label="basic",
        video_path="clips/a.mp4",
        difficulty=Difficulty.BEGINNER,
        energy_level=Energy.LOW,
        style=Style.ROMANTIC,
        duration=0.1 + 7.7,
        tempo=120.3,
    )
    return msgspec.structs.replace(plain, **changed)


async def ids_of(library: Library, filters: MoveFilter | SongFilter) -> list[str]:
    if isinstance(filters, SongFilter):
        return [each.id for each in (await library.songs.page(filters, None, 100)).items]
    return [each.id for each in (await library.moves.page(filters, None, 100)).items]


async def test_a_song_comes_back_equal(library: Library) -> None:
    full = song(title="Ü' \\ %_/", genre="moderna", tempo=0.1 + 125.2)
    await library.songs.add(full, ANALYSIS)
    await library.songs.add(song("b"))
    assert await library.songs.get("a") == full
    assert await library.songs.get("b") == song("b")


async def test_a_move_comes_back_equal(library: Library) -> None:
    full = move(
        difficulty=Difficulty.ADVANCED,
        energy_level=Energy.HIGH,
        style=Style.PLAYFUL,
        first_count=1 / 3,
    )
    await library.moves.add(full)
    read = await library.moves.get("a")
    assert read == full
    assert (type(read.difficulty), type(read.energy_level), type(read.style)) == (
        Difficulty,
        Energy,
        Style,
    )


async def test_an_analysis_comes_back_equal(library: Library) -> None:
    await library.songs.add(song("a"), ANALYSIS)
    await library.songs.add(song("b"))
    assert await library.songs.analysis("a") == ANALYSIS
    assert await library.songs.analysis("b") is None


async def test_a_new_analysis_takes_the_place_of_the_old(library: Library) -> None:
    await library.songs.add(song("a"), ANALYSIS)
    await library.songs.add(song("b"))
    anew = msgspec.structs.replace(ANALYSIS, analyzed_by="listener")
    await library.songs.keep_analysis("a", anew)
    assert await library.songs.analysis("a") == anew
    assert await library.songs.get("a") == song("a", tempo=ANALYSIS.tempo)
    assert await library.songs.analysis("b") is None


async def test_what_was_heard_tells_the_tempo(library: Library) -> None:
    await library.songs.add(song("a", tempo=99.0))
    await library.songs.add(song("b"))
    await library.songs.keep_analysis("a", ANALYSIS)
    assert (await library.songs.get("a")).tempo == ANALYSIS.tempo
    await library.songs.keep_analysis("a", msgspec.structs.replace(ANALYSIS, tempo=0, beats=()))
    assert (await library.songs.get("a")).tempo is None
    assert await library.songs.get("b") == song("b")


async def test_what_a_person_says_of_the_tempo_wins_until_it_is_taken_back(
    library: Library,
) -> None:
    await library.songs.add(song("a"), ANALYSIS)
    await library.songs.add(song("b"))
    await library.songs.keep_analysis("b", ANALYSIS)
    correction = Correction(tempo=90.0)
    await library.songs.keep_correction("a", correction, 90.0)
    assert await library.songs.correction("a") == correction
    await library.songs.keep_analysis("a", msgspec.structs.replace(ANALYSIS, tempo=140.0))
    assert (await library.songs.get("a")).tempo == 90.0
    assert (await library.songs.get("b")).tempo == ANALYSIS.tempo
    assert await ids_of(library, SongFilter(fastest=100)) == ["a"]
    await library.songs.keep_correction("a", Correction(), 140.0)
    assert await library.songs.correction("a") is None
    assert (await library.songs.get("a")).tempo == 140.0
    await library.songs.keep_analysis("a", ANALYSIS)
    assert (await library.songs.get("a")).tempo == ANALYSIS.tempo


async def test_what_a_person_says_of_a_clip_wins_until_it_is_taken_back(library: Library) -> None:
    original = move("a", tempo=120, first_count=0.5, beats=(0.5, 1.0, 1.5), confidence=0.25)
    await library.moves.add(original)
    await library.moves.add(move("b"))
    correction = Correction(beats="double", shift="half_beat")
    await library.moves.correct("a", correction)
    current = await library.moves.get("a")
    assert current == retimed(original, correction)
    assert (current.tempo, current.confidence, current.correction) == (240, 1, correction)
    assert await library.moves.get_uncorrected("a") == original
    assert (await library.moves.find_many(["b", "a"]))[1] == current
    assert (await library.moves.page(MoveFilter(), None, 5)).items == (current, move("b"))
    assert await library.moves.mark_unusable(current, "torn")
    assert (await library.moves.get("a")).correction == correction
    await library.moves.correct("a", Correction())
    assert await library.moves.get("a") == msgspec.structs.replace(original, unusable="torn")


async def test_a_move_that_was_corrected_and_removed_leaves_no_correction(
    library: Library,
) -> None:
    await library.moves.add(move("a"))
    await library.moves.correct("a", Correction(tempo=100))
    current = await library.moves.remove("a")
    assert current.tempo == 100
    await library.moves.add(msgspec.structs.replace(current, video_path="clips/other.mp4"))
    assert (await library.moves.get("a")).correction is None


async def test_what_is_removed_is_given_back_and_gone(library: Library) -> None:
    full = song("a", title="Ü' \\ %_/", genre="moderna", tempo=0.1 + 125.2)
    await library.songs.add(full, ANALYSIS)
    await library.songs.keep_correction("a", Correction(one_at=1.5), full.tempo)
    await library.songs.add(song("b"))
    await library.moves.add(move("a", beats=(0.1, 0.1 + 0.2)))
    await library.moves.add(move("b"))
    assert await library.songs.remove("a") == full
    assert await library.moves.remove("a") == move("a", beats=(0.1, 0.1 + 0.2))
    with pytest.raises(SongNotFound):
        await library.songs.get("a")
    with pytest.raises(MoveNotFound):
        await library.moves.get("a")
    assert await ids_of(library, SongFilter()) == await ids_of(library, MoveFilter()) == ["b"]


async def test_a_song_of_a_removed_ones_id_knows_nothing_of_it(library: Library) -> None:
    await library.songs.add(song("a"), ANALYSIS)
    await library.songs.keep_correction("a", Correction(one_at=1.5), 125.0)
    await library.songs.remove("a")
    await library.songs.add(song("a", audio_path="songs/again.m4a"))
    assert (await library.songs.analysis("a"), await library.songs.correction("a")) == (None, None)


async def test_of_many_who_remove_at_once_one_is_given_it(library: Library) -> None:
    await library.songs.add(song())
    await library.moves.add(move())
    for item, removals, missing in (
        (song(), [library.songs.remove("a") for _ in range(8)], SongNotFound),
        (move(), [library.moves.remove("a") for _ in range(8)], MoveNotFound),
    ):
        results = await asyncio.gather(*removals, return_exceptions=True)
        assert [each for each in results if not isinstance(each, missing)] == [item]


async def test_an_id_is_taken_once(library: Library) -> None:
    await library.songs.add(song(), ANALYSIS)
    await library.moves.add(move())
    with pytest.raises(SongTaken):
        await library.songs.add(song(title="Other"))
    with pytest.raises(MoveTaken):
        await library.moves.add(move(name="Other"))
    assert (await library.songs.get("a"), await library.songs.analysis("a")) == (song(), ANALYSIS)
    assert await library.moves.get("a") == move()


async def test_of_many_who_add_at_once_one_wins(library: Library) -> None:
    rivals = [move(name=f"Name {n}") for n in range(8)]
    results = await asyncio.gather(*(library.moves.add(r) for r in rivals), return_exceptions=True)
    assert sum(isinstance(result, MoveTaken) for result in results) == 7
    assert await library.moves.get("a") == rivals[results.index(None)]


@pytest.mark.parametrize("unknown", ["nope", "", "a\0b", "\ud800", "A", "a' OR '1'='1"])
async def test_an_unknown_id_is_not_found(library: Library, unknown: str) -> None:
    await library.songs.add(song("a"))
    await library.moves.add(move("a"))
    with pytest.raises(SongNotFound):
        await library.songs.get(unknown)
    with pytest.raises(SongNotFound):
        await library.songs.analysis(unknown)
    with pytest.raises(SongNotFound):
        await library.songs.keep_analysis(unknown, ANALYSIS)
    with pytest.raises(SongNotFound):
        await library.songs.remove(unknown)
    with pytest.raises(MoveNotFound):
        await library.moves.get(unknown)
    with pytest.raises(MoveNotFound):
        await library.moves.remove(unknown)
    with pytest.raises(MoveNotFound):
        await library.moves.get_uncorrected(unknown)
    for correction in (Correction(), Correction(tempo=100)):
        with pytest.raises(MoveNotFound):
            await library.moves.correct(unknown, correction)
    assert await ids_of(library, SongFilter()) == await ids_of(library, MoveFilter()) == ["a"]


async def test_pages_go_on_where_the_last_one_ended(library: Library) -> None:
    for key in reversed(ORDERED):
        await library.songs.add(song(key))
        await library.moves.add(move(key))
    for most in (1, 3, len(ORDERED), 100):
        songs: list[str] = []
        moves: list[str] = []
        after: str | None = None
        while True:
            page = await library.songs.page(SongFilter(), after, most)
            other = await library.moves.page(MoveFilter(), after, most)
            assert len(page.items) <= most
            assert page.last == other.last
            songs += [each.id for each in page.items]
            moves += [each.id for each in other.items]
            if (after := page.last) is None:
                break
        assert songs == moves == ORDERED


async def test_a_page_starts_after_an_id_that_is_not_there(library: Library) -> None:
    for key in ("a", "c"):
        await library.moves.add(move(key))
    page = await library.moves.page(MoveFilter(), "b", 5)
    assert ([each.id for each in page.items], page.last) == (["c"], None)


async def test_an_empty_library_has_an_empty_page(library: Library) -> None:
    assert (await library.songs.page(SongFilter(), None, 5)).items == ()
    assert (await library.moves.page(MoveFilter(), None, 5)).last is None


@pytest.mark.parametrize(
    ("search", "ids"),
    [
        ("BASIC", ["a"]),
        ("asi", ["a"]),
        ("", ["a", "b", "c", "d"]),
        ("%", ["b"]),
        ("_", ["b"]),
        ("/", ["b"]),
        ("\\", ["b"]),
        ("strasse", ["c"]),
        ("ÉTOILE", ["c"]),
        ("e\u0301toile", []),
        ("nothing", []),
        ("b\0", []),
        ("\ud800", []),
    ],
)
async def test_moves_are_searched_by_name(library: Library, search: str, ids: list[str]) -> None:
    for key, name in (("a", "Basic"), ("b", "50% _/\\"), ("c", "Étoile Straße"), ("d", "")):
        await library.moves.add(move(key, name=name))
    assert await ids_of(library, MoveFilter(search=search)) == ids


async def test_songs_are_searched_by_title_or_artist(library: Library) -> None:
    await library.songs.add(song("a", title="Obsesión", artist="Uno"))
    await library.songs.add(song("b", title="Uno", artist="OBSESIÓN"))
    await library.songs.add(song("c", title="Ob", artist="sesión"))
    assert await ids_of(library, SongFilter(search="obsesión")) == ["a", "b"]


async def test_a_song_is_found_by_its_path_and_by_the_contents_in_it(library: Library) -> None:
    paths = {
        "a": "songs/a-0123456789abcdef-0123456789ab",
        "b": "songs/b-fedcba9876543210-0123456789ab",
        "older": "songs/older-0011223344556677",
    }
    for song_id, path in paths.items():
        await library.songs.add(song(song_id, audio_path=path))
    for song_id, path in paths.items():
        assert await ids_of(library, SongFilter(audio_path=path)) == [song_id]
        assert await ids_of(library, SongFilter(contents=contents_of(path))) == [song_id]
    assert await ids_of(library, SongFilter(audio_path="songs/a")) == []
    for nothing in ("0123", "%", "_", "\0", ""):
        assert await ids_of(library, SongFilter(contents=nothing)) == [], nothing


async def test_filters_narrow_one_another(library: Library) -> None:
    await library.moves.add(move("a"))
    await library.moves.add(move("b", difficulty=Difficulty.ADVANCED, label="turn"))
    await library.moves.add(move("c", difficulty=Difficulty.ADVANCED, style=Style.SENSUAL))
    await library.moves.add(move("d", energy_level=Energy.HIGH, name="Turn"))
    advanced = MoveFilter(difficulty=Difficulty.ADVANCED)
    assert await ids_of(library, advanced) == ["b", "c"]
    assert await ids_of(library, msgspec.structs.replace(advanced, label="basic")) == ["c"]
    assert await ids_of(library, MoveFilter(label="Turn")) == []
    assert await ids_of(library, MoveFilter(style=Style.SENSUAL)) == ["c"]
    assert await ids_of(library, MoveFilter(energy_level=Energy.HIGH, search="tu")) == ["d"]


async def test_songs_are_filtered_by_genre(library: Library) -> None:
    await library.songs.add(song("a", genre="moderna"))
    await library.songs.add(song("b", genre="sensual"))
    await library.songs.add(song("c"))
    assert await ids_of(library, SongFilter(genre="moderna")) == ["a"]
    assert await ids_of(library, SongFilter(genre="moderna\0")) == []


@pytest.mark.parametrize(
    ("filters", "ids"),
    [
        (SongFilter(slowest=120.0), ["b", "c"]),
        (SongFilter(slowest=120.5), ["c"]),
        (SongFilter(fastest=120.0), ["a", "b"]),
        (SongFilter(slowest=120, fastest=120), ["b"]),
        (SongFilter(slowest=130, fastest=120), []),
        (SongFilter(fastest=0), []),
        (SongFilter(slowest=0), ["a", "b", "c"]),
        (SongFilter(shortest=180), ["b", "c", "d"]),
        (SongFilter(longest=180), ["a", "b"]),
        (SongFilter(shortest=180, longest=180), ["b"]),
        (SongFilter(longest=240, fastest=121), ["a", "b"]),
        (SongFilter(longest=200, genre="moderna"), ["a"]),
        (SongFilter(), ["a", "b", "c", "d"]),
    ],
)
async def test_songs_are_filtered_by_tempo_and_length(
    library: Library, filters: SongFilter, ids: list[str]
) -> None:
    await library.songs.add(song("a", tempo=119.9, duration=60.0, genre="moderna"))
    await library.songs.add(song("b", tempo=120.0, duration=180.0))
    await library.songs.add(song("c", tempo=130.0, duration=240.0, genre="moderna"))
    await library.songs.add(song("d", duration=240.1))
    assert await ids_of(library, filters) == ids


async def test_a_filtered_list_has_pages_of_its_own(library: Library) -> None:
    for number in range(6):
        await library.moves.add(move(str(number), label="odd" if number % 2 else "even"))
    first = await library.moves.page(MoveFilter(label="odd"), None, 2)
    rest = await library.moves.page(MoveFilter(label="odd"), first.last, 2)
    assert [[each.id for each in page.items] for page in (first, rest)] == [["1", "3"], ["5"]]
    assert (first.last, rest.last) == ("3", None)


async def test_moves_are_given_by_their_ids_in_the_order_asked_for(library: Library) -> None:
    for number in (0, 1, 2, 3, 1000):
        await library.moves.add(move(f"m{number}"))
    ids = [f"m{number}" for number in (3, 1000, *range(4, 1000), 1, 3)]
    moves = await library.moves.find_many([*ids, "nobody", "\0", "\ud800"])
    assert [each.id for each in moves] == ["m3", "m1000", "m1"]
    assert moves[0] == await library.moves.get("m3")
    assert await library.moves.find_many([]) == ()


@pytest.mark.parametrize("bad", ["\0", "a\ud800"])
async def test_what_is_no_text_is_refused(library: Library, bad: str) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        await library.moves.add(move(bad, name=bad))
    assert [violation.path for violation in refusal.value.violations] == ["$.id", "$.name"]
    with pytest.raises(InvalidRequest):
        await library.songs.add(song(title=bad))
    assert (await library.songs.page(SongFilter(), bad, 5)).items == ()
    assert await ids_of(library, MoveFilter()) == []


async def test_a_move_says_why_its_clip_is_unusable_until_that_is_taken_back(
    library: Library,
) -> None:
    reason = "'clips/a.mp4' is damaged: \\ %_ é \U0001f483"
    for key in ("a", "b", "c"):
        await library.moves.add(move(key))
    assert (await library.moves.get("a")).unusable is None
    assert await library.moves.mark_unusable(move("a"), reason)
    assert await library.moves.get("a") == move("a", unusable=reason)
    assert [each.unusable for each in await library.moves.find_many(["b", "a"])] == [None, reason]
    assert await ids_of(library, MoveFilter()) == ["a", "b", "c"]
    assert await ids_of(library, MoveFilter(usable=True)) == ["b", "c"]
    assert await ids_of(library, MoveFilter(usable=False)) == ["a"]
    assert await ids_of(library, MoveFilter(usable=True, label="turn")) == []
    page = await library.moves.page(MoveFilter(usable=True), None, 1)
    assert ([each.id for each in page.items], page.last) == (["b"], "b")
    assert await library.moves.mark_unusable(move("a"), "Another reason.")
    assert (await library.moves.get("a")).unusable == "Another reason."
    assert await library.moves.mark_unusable(move("a"), None)
    assert await library.moves.get("a") == move("a")
    assert await ids_of(library, MoveFilter(usable=True)) == ["a", "b", "c"]


async def test_beats_of_another_clip_are_kept(library: Library) -> None:
    original = move("a", beats=(0.0, 1.0), confidence=0.3)
    await library.moves.add(original)
    lent = msgspec.structs.replace(
        original, tempo=127.5, first_count=0.7, beats=(0.2, 0.7), confidence=0.8, beats_from="b"
    )
    assert await library.moves.lend_beats(msgspec.structs.replace(lent, name="Other"))
    assert await library.moves.get("a") == lent
    assert await library.moves.get_uncorrected("a") == lent


async def test_beats_that_a_user_corrected_are_kept(library: Library) -> None:
    original = move("a", beats=(0.0, 1.0), confidence=0.3)
    await library.moves.add(original)
    await library.moves.correct("a", Correction(shift="half_beat"))
    current = await library.moves.get("a")
    lent = msgspec.structs.replace(original, beats=(0.2, 0.7), beats_from="b")
    assert not await library.moves.lend_beats(lent)
    assert await library.moves.get("a") == current
    await library.moves.correct("a", Correction())
    assert await library.moves.lend_beats(lent)


async def test_a_move_that_was_removed_or_has_another_clip_now_gets_no_beats(
    library: Library,
) -> None:
    await library.moves.add(move("a"))
    gone = await library.moves.remove("a")
    assert not await library.moves.lend_beats(gone)
    again = move("a", video_path="clips/other.mp4")
    await library.moves.add(again)
    assert not await library.moves.lend_beats(msgspec.structs.replace(gone, beats_from="b"))
    assert await library.moves.get("a") == again


async def test_a_move_that_was_removed_or_has_another_clip_now_is_not_marked(
    library: Library,
) -> None:
    await library.moves.add(move("a"))
    gone = await library.moves.remove("a")
    assert not await library.moves.mark_unusable(gone, "It is damaged.")
    with pytest.raises(MoveNotFound):
        await library.moves.get("a")
    again = move("a", video_path="clips/other.mp4")
    await library.moves.add(again)
    assert not await library.moves.mark_unusable(gone, "It is damaged.")
    assert await library.moves.get("a") == again


async def test_marking_and_removing_at_once_leave_no_move_behind(library: Library) -> None:
    for again in range(5):
        added = move("a", video_path=f"clips/{again}.mp4")
        await library.moves.add(added)
        marks = [library.moves.mark_unusable(added, f"Reason {n}.") for n in range(4)]
        await asyncio.gather(library.moves.remove("a"), *marks)
        assert await ids_of(library, MoveFilter()) == []


async def test_a_reason_that_is_no_text_is_refused(library: Library) -> None:
    await library.moves.add(move("a"))
    with pytest.raises(InvalidRequest) as refusal:
        await library.moves.mark_unusable(move("a"), "a\0")
    assert [violation.path for violation in refusal.value.violations] == ["$.unusable"]
    assert await library.moves.get("a") == move("a")


async def test_a_song_says_why_it_is_unusable_until_that_is_taken_back(library: Library) -> None:
    for key in ("a", "b"):
        await library.songs.add(song(key))
    assert await library.songs.mark_unusable(song("a"), "Its file is gone.")
    assert await library.songs.get("a") == song("a", unusable="Its file is gone.")
    assert await ids_of(library, SongFilter(usable=True)) == ["b"]
    assert await ids_of(library, SongFilter(usable=False)) == ["a"]
    assert await library.songs.mark_unusable(song("a"), None)
    assert await library.songs.get("a") == song("a")
    assert not await library.songs.mark_unusable(song("a", audio_path="songs/other"), "It is gone.")
    assert not await library.songs.mark_unusable(song("c"), "It is gone.")
    assert await ids_of(library, SongFilter(usable=True)) == ["a", "b"]


async def test_the_file_of_what_was_removed_is_known_until_it_is_deleted(library: Library) -> None:
    await library.songs.add(song("a", audio_path="songs/1"))
    await library.moves.add(move("a", video_path="clips/1"))
    await library.moves.add(move("b", video_path="clips/2"))
    assert await library.files.removed() == ()
    await library.moves.remove("a")
    await library.songs.remove("a")
    clip = Removed(kind=Kind.MOVE, item_id="a", path="clips/1")
    sound = Removed(kind=Kind.SONG, item_id="a", path="songs/1")
    assert await library.files.removed() == (clip, sound)
    assert await library.files.removed(Kind.MOVE, "a") == (clip,)
    assert await library.files.removed(Kind.SONG) == (sound,)
    assert (
        await library.files.removed(Kind.MOVE, "b")
        == await library.files.removed(Kind.MOVE, "a\0")
        == ()
    )
    await library.files.forget("clips/1")
    await library.files.forget("clips/2")
    assert await library.files.removed() == (sound,)


async def test_a_file_that_another_one_is_too_is_not_to_be_deleted(library: Library) -> None:
    await library.moves.add(move("a", video_path="clips/1"))
    await library.moves.add(move("b", video_path="clips/1"))
    await library.songs.add(song("a", audio_path="clips/1"))
    for remove in (library.moves.remove("a"), library.songs.remove("a")):
        await remove
        assert await library.files.removed() == ()
    await library.moves.remove("b")
    assert [each.path for each in await library.files.removed()] == ["clips/1"]


async def test_of_two_of_one_file_who_are_removed_at_once_the_last_one_leaves_it(
    library: Library,
) -> None:
    for number in range(5):
        for key in ("a", "b"):
            await library.moves.add(move(key, video_path=f"clips/{number}"))
        await asyncio.gather(library.moves.remove("a"), library.moves.remove("b"))
        assert f"clips/{number}" in [each.path for each in await library.files.removed()]


async def test_at_a_path_that_was_given_up_nothing_ever_lies(library: Library) -> None:
    await library.moves.add(move("a", video_path="clips/1"))
    assert not await library.files.give_up("clips/1")
    for _ in range(2):
        assert await library.files.give_up("clips/2")
    with pytest.raises(StorageFailed):
        await library.moves.add(move("b", video_path="clips/2"))
    with pytest.raises(StorageFailed):
        await library.songs.add(song("b", audio_path="clips/2"))
    await library.files.forget("clips/2")
    with pytest.raises(StorageFailed):
        await library.moves.add(move("b", video_path="clips/2"))
    assert await library.files.removed() == ()
    assert await ids_of(library, MoveFilter()) == ["a"]


async def test_a_path_is_entered_or_given_up_and_never_both(library: Library) -> None:
    for number in range(10):
        added = move(f"{number}", video_path=f"clips/{number}")
        entered, given_up = await asyncio.gather(
            library.moves.add(added),
            library.files.give_up(added.video_path),
            return_exceptions=True,
        )
        assert (entered is None) is (given_up is False)
        assert isinstance(entered, StorageFailed) is (given_up is True)


async def test_what_is_removed_can_come_back_at_another_path(library: Library) -> None:
    await library.moves.add(move("a", video_path="clips/1"))
    await library.moves.remove("a")
    with pytest.raises(StorageFailed):
        await library.moves.add(move("a", video_path="clips/1"))
    await library.moves.add(move("a", video_path="clips/2"))
    assert [each.path for each in await library.files.removed(Kind.MOVE, "a")] == ["clips/1"]
