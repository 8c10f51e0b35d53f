"""Songs and moves are brought as forms, received as they come, and added whole or not at all."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
from litestar import Litestar

from adapters.memory import encoder
from application.ports.moves import MoveFilter
from application.ports.songs import SongFilter
from domain.library.limits import SONG
from domain.shared.errors import StorageFailed, UnreadableMedia
from tests.api.asgi import Exchange
from tests.api.memory_backend import GENERATE, MemoryBackend, failing, paths_of, problem_of
from tests.api.test_leaving import PATIENCE, Stuck
from tests.world.preparing import library_work_ended
from tests.world.studio import media

pytestmark = pytest.mark.anyio

MOVES, SONGS = "/api/moves", "/api/songs"
DANCED = encoder.clip("danced", 240, 30)
SUNG = encoder.song(32)
BOUNDARY = "between"
END = f"--{BOUNDARY}--\r\n"
ALWAYS = set(media())
FORM = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> MemoryBackend:
    """A service without songs and moves; opening one takes longer than most of these tests."""
    return MemoryBackend(tmp_path_factory.mktemp("place"))


@pytest.fixture(scope="module")
async def opened(place: MemoryBackend) -> AsyncGenerator[Litestar]:
    async with place.opened() as app:
        yield app


@pytest.fixture
async def guest(place: MemoryBackend, opened: Litestar) -> AsyncGenerator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(cast(Any, opened))
    async with httpx.AsyncClient(transport=transport, base_url="http://backend") as client:
        yield client
        await library_work_ended(opened.state.use_cases.run_job.next_in, place.jobs)
        for address in (MOVES, SONGS):
            for each in (await client.get(address)).json()["items"]:
                assert (await client.delete(f"{address}/{each['id']}")).status_code == 204


async def bring(
    client: httpx.AsyncClient, address: str, content: bytes, **fields: str
) -> httpx.Response:
    return await client.post(address, data=fields, files={"file": ("a.txt", content)})


def form(**parts: bytes) -> bytes:
    """A form as it travels, part by part in this order."""
    return (
        b"".join(
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode()
            + content
            + b"\r\n"
            for name, content in parts.items()
        )
        + END.encode()
    )


async def nothing_is_left(place: MemoryBackend) -> None:
    assert (await place.library.moves.page(MoveFilter(), None, 9)).items == ()
    assert (await place.library.songs.page(SongFilter(), None, 9)).items == ()
    assert (await place.ports.embeddings.page(None, 9)).items == ()
    assert {path for path in place.storage.objects if not path.startswith("output/")} == ALWAYS
    assert place.left_behind() == []


async def test_a_move_is_heard_and_seen_in_its_clip(
    guest: httpx.AsyncClient, place: MemoryBackend
) -> None:
    answer = await bring(guest, MOVES, DANCED, name="Doble giro", label="spin", style="playful")

    assert answer.status_code == 201, answer.text
    move = answer.json()
    assert answer.headers["location"] == f"{MOVES}/doble-giro"
    assert (move["id"], move["name"], move["label"]) == ("doble-giro", "Doble giro", "spin")
    assert (move["duration"], move["tempo"], move["first_count"]) == (8.0, 120.0, 0.0)
    assert len(move["beats"]) == 16
    assert (move["difficulty"], move["style"]) == ("intermediate", "playful")
    notes = {note["field"]: note["kind"] for note in move["notes"]}
    assert (notes["tempo"], notes["style"]) == ("computed", "taken")
    assert notes["difficulty"] == "missing"
    library_move = (await guest.get(answer.headers["location"])).json()
    assert library_move == {name: value for name, value in move.items() if name != "notes"}
    assert place.storage.objects[library_move["video_path"]] == DANCED
    entry = await place.ports.embeddings.find("doble-giro")
    assert entry is not None
    assert entry.text_by == "memory"
    assert entry.energy_start is not None
    assert place.left_behind() == []


async def test_whoever_knows_better_is_believed(guest: httpx.AsyncClient) -> None:
    fields = {"difficulty": "advanced", "energy_level": "high", "first_count": "0.5"}
    exact = (await bring(guest, MOVES, DANCED, name="A", tempo="121", **fields)).json()
    other = (await bring(guest, MOVES, DANCED, name="B", tempo=" 60 ", first_count="")).json()

    assert (exact["tempo"], exact["first_count"], len(exact["beats"])) == (121.0, 0.5, 16)
    assert (exact["difficulty"], exact["energy_level"]) == ("advanced", "high")
    # Heard at twice that tempo: every second beat is one of it.
    assert (other["tempo"], len(other["beats"])) == (60.0, 8)


async def test_moves_of_one_name_are_all_there(guest: httpx.AsyncClient) -> None:
    clips = [DANCED, DANCED, encoder.clip("another", 240, 30)]
    answers = await asyncio.gather(*(bring(guest, MOVES, clip, name="Basic") for clip in clips))

    assert sorted(answer.json()["id"] for answer in answers) == ["basic", "basic-2", "basic-3"]
    listed = (await guest.get(MOVES)).json()["items"]
    assert [move["name"] for move in listed] == ["Basic"] * 3
    assert len({move["video_path"] for move in listed}) == 3


@pytest.mark.parametrize(
    ("name", "move_id"),
    [
        ("../../etc/passwd", "etc-passwd"),
        ("Vuelta à la mañana", "vuelta-a-la-manana"),
        ("基本", "jiben"),
        ("💃", "dancer"),
        ('"; filename="x', "filename-x"),
        ("x" * 200, f"{'x' * 91}-{sha256(b'x' * 200).hexdigest()[:8]}"),
        ("Search", "search-1"),
        ("%2e%2e\\..\\a:b", "2e-2e-a-b"),
    ],
)
async def test_a_name_may_be_anything(guest: httpx.AsyncClient, name: str, move_id: str) -> None:
    answer = await guest.post(MOVES, content=form(name=name.encode(), file=DANCED), headers=FORM)

    assert (answer.json()["name"], answer.json()["id"]) == (name, move_id)
    assert (await guest.get(answer.headers["location"])).json()["name"] == name


async def test_a_song_is_heard_after_the_answer(
    guest: httpx.AsyncClient, place: MemoryBackend, opened: Litestar
) -> None:
    answer = await bring(guest, SONGS, SUNG, title="Mi canción", artist="Ana")
    await library_work_ended(opened.state.use_cases.run_job.next_in, place.jobs)
    later = (await guest.get(answer.headers["location"])).json()

    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == f"{SONGS}/mi-cancion"
    song = answer.json()
    assert (song["id"], song["artist"], song["genre"]) == ("mi-cancion", "Ana", None)
    assert (song["duration"], song["tempo"], later["tempo"]) == (32.0, None, 120.0)
    analysis = await place.library.songs.analysis("mi-cancion")
    assert analysis is not None
    assert analysis.analyzed_by == "memory"


async def test_what_was_brought_can_be_danced(guest: httpx.AsyncClient) -> None:
    song = (await bring(guest, SONGS, SUNG, title="Song", artist="Band", genre="bachata")).json()
    for number in range(4):
        clip = encoder.clip(f"clip {number}", 240, 30)
        assert (await bring(guest, MOVES, clip, name="Basic")).status_code == 201

    answer = await guest.post(GENERATE, json={"song_id": song["id"]})

    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(
    ("address", "content", "fields", "status", "code"),
    [
        (MOVES, b"#EXTM3U\nhttp://127.0.0.1/a.ts", {"name": "A"}, 415, "unaccepted-media"),
        (MOVES, b"", {"name": "A"}, 415, "unaccepted-media"),
        (MOVES, SUNG, {"name": "A"}, 415, "unaccepted-media"),
        (MOVES, DANCED[:-1], {"name": "A"}, 400, "unreadable-media"),
        (MOVES, encoder.clip("x", 3630, 30), {"name": "A"}, 413, "too-large"),
        (SONGS, b"no song", {"title": "A", "artist": "B"}, 415, "unaccepted-media"),
        (
            SONGS,
            encoder.clip("x", 30, 30, sound=False),
            {"title": "A", "artist": "B"},
            415,
            "unaccepted-media",
        ),
        (SONGS, encoder.song(901), {"title": "A", "artist": "B"}, 413, "too-large"),
    ],
)
async def test_a_file_of_another_kind_is_refused_whatever_its_name(
    guest: httpx.AsyncClient,
    place: MemoryBackend,
    address: str,
    content: bytes,
    fields: dict[str, str],
    status: int,
    code: str,
) -> None:
    answer = await guest.post(
        address, data=fields, files={"file": ("dance.mp4", content, "video/mp4")}
    )

    assert problem_of(answer, status)["code"] == code
    await nothing_is_left(place)


async def test_the_limits_are_named(guest: httpx.AsyncClient) -> None:
    fields = {"title": "A", "artist": "B"}
    long = problem_of(await bring(guest, MOVES, encoder.clip("x", 3630, 30), name="A"), 413)
    song = problem_of(await bring(guest, SONGS, encoder.song(901), **fields), 413)

    assert "120 s at most; this one lasts 121.0 s" in long["error"]
    assert "15 minutes at most" in song["error"]


class Endless(httpx.AsyncByteStream):
    """The beginning of a form, and a file that never ends."""

    def __init__(self) -> None:
        self.sent = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield form(file=b"")[: -len(f"\r\n{END}")]
        while True:
            self.sent += 1_000_000
            yield bytes(1_000_000)


async def test_too_much_is_refused_while_it_comes(
    guest: httpx.AsyncClient, place: MemoryBackend
) -> None:
    endless = Endless()
    answer = await guest.post(SONGS, content=cast(Any, endless), headers=FORM)

    assert "100 MB at most" in problem_of(answer, 413)["error"]
    assert endless.sent <= SONG.size + 2_000_000
    await nothing_is_left(place)


async def test_who_announces_too_much_is_asked_for_none_of_it(opened: Litestar) -> None:
    exchange = Exchange("POST", SONGS, {**FORM, "Content-Length": "999000000"})
    await exchange.run(opened)

    assert exchange.status == 413
    assert exchange.asked is False
    assert "100 MB" in json.loads(exchange.content)["error"]


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        (form(name=b"A"), {"file"}),
        (form(file=DANCED), {"name"}),
        (form(), {"file", "name"}),
        (form(name=b"  ", file=DANCED), {"name"}),
        (
            form(name=b"x" * 201, style=b"tango", tempo=b"9", file=DANCED),
            {"name", "style", "tempo"},
        ),
        (form(name=b"A", tempo=b"fast", first_count=b"nan", file=DANCED), {"tempo", "first_count"}),
        (form(name=b"A", size=b"1", file=DANCED), {"size"}),
        (form(name=b"A\0", file=DANCED), {"name"}),
        (form(name=b"\xff", file=DANCED), {"name"}),
        (form(name=b"A", label=b"x" * 10_001, file=DANCED), {"label"}),
        (form(name=b"A", file=DANCED)[: -len(END)] + form(name=b"B", file=b""), {"name", "file"}),
        (form(name=b"A", file=DANCED)[:-40], {"request"}),
        (b"no form", {"request"}),
        (b"", {"request"}),
        (form(**{f"a{number}": b"" for number in range(99)}), {"request"}),
        (form(name=b"A", first_count=b"8", file=DANCED), {"first_count"}),
    ],
)
async def test_everything_wrong_in_a_form_is_named_at_once(
    guest: httpx.AsyncClient, place: MemoryBackend, body: bytes, wrong: set[str]
) -> None:
    problem = problem_of(await guest.post(MOVES, content=body, headers=FORM), 400)

    assert problem["code"] == "invalid-request"
    assert paths_of(problem) == wrong
    await nothing_is_left(place)


@pytest.mark.parametrize(
    ("kind", "status"),
    [("application/json", 415), ("", 415), ("multipart/form-data", 400)],
)
async def test_what_is_no_form_is_refused(guest: httpx.AsyncClient, kind: str, status: int) -> None:
    headers = {"Content-Type": kind} if kind else {}
    answer = await guest.post(SONGS, content=b"{}", headers=headers)

    problem_of(answer, status)
    assert (answer.headers.get("accept") == "multipart/form-data") is (status == 415)


@pytest.mark.parametrize("cut", [0, 30, 200, 2000])
async def test_a_client_that_leaves_while_it_brings_leaves_nothing(
    place: MemoryBackend, opened: Litestar, cut: int
) -> None:
    exchange = Exchange("POST", MOVES, FORM, form(name=b"A", file=DANCED)[:cut], whole=False)
    exchange.leave.set()
    async with asyncio.timeout(PATIENCE):
        await exchange.run(opened)

    assert exchange.status == 499
    await nothing_is_left(place)


@pytest.mark.parametrize(
    ("port", "method"),
    [("media_probe", "measure"), ("motion_analyzer", "analyze"), ("embedder", "read")],
)
async def test_a_client_that_leaves_before_the_answer_leaves_nothing(
    tmp_path: Path, port: str, method: str
) -> None:
    place = MemoryBackend(tmp_path)
    stuck = Stuck(getattr(place.ports, port), method)
    changes: Any = {port: stuck}
    place.ports = replace(place.ports, **changes)
    exchange = Exchange("POST", MOVES, FORM, form(name=b"A", file=DANCED))
    async with place.opened() as app, asyncio.timeout(PATIENCE):
        answering = asyncio.ensure_future(exchange.run(app))
        await stuck.begun.wait()
        exchange.leave.set()
        await answering

    assert stuck.stopped.is_set()
    assert exchange.status == 499
    await nothing_is_left(place)


@pytest.mark.parametrize(
    ("port", "method"),
    [("moves", "add"), ("storage", "put")],
)
async def test_a_failure_leaves_nothing(tmp_path: Path, port: str, method: str) -> None:
    place = MemoryBackend(tmp_path)
    broken = StorageFailed("The disk is full.")
    changes: Any = {port: failing(getattr(place.ports, port), **{method: broken})}
    place.ports = replace(place.ports, **changes)
    async with place.client() as client:
        answer = await bring(client, MOVES, DANCED, name="A")

    assert problem_of(answer, 500)["error"] == str(broken)
    await nothing_is_left(place)


async def test_a_clip_whose_picture_breaks_off_is_refused(tmp_path: Path) -> None:
    place = MemoryBackend(tmp_path)
    broken = UnreadableMedia("The clip cannot be watched.")
    place.ports = replace(
        place.ports, motion_analyzer=failing(place.ports.motion_analyzer, analyze=broken)
    )
    async with place.client() as client:
        answer = await bring(client, MOVES, DANCED, name="A")

    assert problem_of(answer, 400)["error"] == str(broken)
    await nothing_is_left(place)


async def test_a_move_is_made_ready_after_the_answer_for_as_long_as_there_is_a_service(
    tmp_path: Path,
) -> None:
    place = MemoryBackend(tmp_path)
    stuck = Stuck(place.ports.clips, "normalise")
    place.ports = replace(place.ports, clips=cast(Any, stuck))
    async with place.client() as client, asyncio.timeout(PATIENCE):
        answers = [await bring(client, MOVES, DANCED, name="A") for _ in range(2)]
        await stuck.begun.wait()
        assert [answer.status_code for answer in answers] == [201, 201]

    assert stuck.stopped.is_set()
    assert place.left_behind() == []
