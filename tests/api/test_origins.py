"""The service hears those who ask for it by its own name, and no page of another origin."""

import asyncio
from collections.abc import Mapping
from typing import Any, cast

import httpx
import pytest
from litestar import Litestar

from domain.shared.errors import InvalidRequest
from entrypoints.environment import from_environment
from entrypoints.http.origin_guard import OriginGuard, guarded
from entrypoints.settings import Settings
from tests.api.memory_backend import ASSEMBLE, GENERATE, MemoryBackend, document, problem_of

pytestmark = pytest.mark.anyio

HERE = "127.0.0.1:8000"
SETTINGS = Settings(allowed_hosts="dance.example.org, studio.example.org:8443")
OPTIONS = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-a"}
FORM = {"Content-Type": "multipart/form-data; boundary=x"}

Pairs = list[tuple[str, str]]


@pytest.fixture(scope="module")
async def app(backend: MemoryBackend) -> Any:
    backend.settings = SETTINGS
    async with backend.opened() as opened:
        yield opened


async def answer_of(
    app: Litestar, method: str, path: str, headers: Pairs, body: bytes = b""
) -> tuple[int, dict[str, str]]:
    """Status and headers of the answer to a request with exactly these headers."""
    messages: list[dict[str, Any]] = []
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 2),
    }
    there = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> dict[str, Any]:
        if there:
            return there.pop()
        await asyncio.Event().wait()
        raise AssertionError

    async def send(message: dict[str, Any]) -> None:
        messages.append(message)

    await app(cast(Any, scope), cast(Any, receive), cast(Any, send))
    answer_headers = {
        name.decode().lower(): value.decode() for name, value in messages[0]["headers"]
    }
    assert not any(name.startswith("access-control") for name in answer_headers)
    return messages[0]["status"], answer_headers


OURS = [
    "127.0.0.1",
    "127.0.0.1:8000",
    "127.1.2.3:1",
    "localhost",
    "LocalHost:8000",
    "localhost.",
    "localhost.:8000",
    "localhost:",
    "localhost:99999",
    "[::1]",
    "[::1]:8000",
    "[0:0:0:0:0:0:0:1]:8000",
    "dance.example.org",
    "Dance.Example.org.:1234",
    "studio.example.org:8443",
]


async def test_a_host_of_ours_is_heard(app: Litestar) -> None:
    for host in OURS:
        assert (await answer_of(app, "GET", "/health/live", [("Host", host)]))[0] == 200, host


OTHERS = [
    "evil.example",
    "evil.example:8000",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "dance.example.org.evil.example",
    "evil-dance.example.org",
    "studio.example.org",
    "studio.example.org:443",
    "10.0.0.1",
    "[::]",
    "[::2]:8000",
    "::1",
    "2130706433",
    "0x7f000001",
    "localhost@evil.example",
    "evil.example#@localhost",
    "localhost, evil.example",
    "localhost evil.example",
    "localhost:80a",
    "localhost/",
    "http://localhost",
    "localhost\x00",
    "localhost..",
    "",
    "é",
]


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/health/live"), ("HEAD", "/nowhere"), ("POST", GENERATE), ("OPTIONS", GENERATE)],
)
async def test_another_host_is_misdirected(app: Litestar, method: str, path: str) -> None:
    for host in OTHERS:
        status, headers = await answer_of(app, method, path, [("Host", host)])
        assert status == 421, host
        assert headers["content-type"] == "application/problem+json"
        assert headers["x-request-id"]


@pytest.mark.parametrize(
    "headers", [[], [("Host", HERE), ("Host", HERE)], [("Host", HERE), ("host", "evil.example")]]
)
async def test_there_is_one_host(app: Litestar, headers: Pairs) -> None:
    assert (await answer_of(app, "GET", "/health/live", headers))[0] == 421


async def test_a_forwarded_host_is_no_host(app: Litestar) -> None:
    headers = [("Host", "evil.example"), ("X-Forwarded-Host", HERE), ("Forwarded", f"host={HERE}")]
    assert (await answer_of(app, "GET", "/health/live", headers))[0] == 421


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("http://127.0.0.1:8000/health/live", 200),
        ("HTTP://LOCALHOST/health/live", 200),
        ("https://dance.example.org/health/live", 200),
        ("http://evil.example/health/live", 421),
        ("http://evil.example", 421),
        ("http://localhost@evil.example/health/live", 421),
        ("http:///health/live", 421),
        ("http://127.0.0.1:8000", 200),
        ("//evil.example/health/live", 404),
        ("*", 404),
    ],
)
async def test_the_host_of_an_absolute_target_counts(
    app: Litestar, target: str, status: int
) -> None:
    assert (await answer_of(app, "GET", target, [("Host", HERE)]))[0] == status


FOREIGN: tuple[Mapping[str, str], ...] = (
    {"Origin": "http://evil.example"},
    {"Origin": "null"},
    {"Origin": ""},
    {"Origin": "http://127.0.0.1"},
    {"Origin": "http://127.0.0.1:3000"},
    {"Origin": "http://localhost:8000"},
    {"Origin": "http://127.0.0.1:8000.evil.example"},
    {"Origin": "http://127.0.0.1:8000@evil.example"},
    {"Origin": "http://127.0.0.1:8000/"},
    {"Origin": "ftp://127.0.0.1:8000"},
    {"Origin": "file://"},
    {"Origin": "chrome-extension://abcdef"},
    {"Origin": "http://dance.example.org:3000"},
    {"Origin": "https://studio.example.org"},
    {"Origin": f"http://evil.example, http://{HERE}"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"},
    {"Sec-Fetch-Site": "something-new"},
    {"Sec-Fetch-Site": "none", "Origin": "null"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "http://evil.example"},
)
EVERYTHING = (
    ("POST", GENERATE),
    ("POST", ASSEMBLE),
    ("PATCH", "/api/songs/song/analysis"),
    ("PATCH", "/api/moves/move-0"),
    ("DELETE", "/api/moves/move-0"),
    ("POST", "/api/songs"),
    ("POST", "/api/moves"),
    ("OPTIONS", GENERATE),
    ("GET", "/api/songs/song/analysis"),
    ("HEAD", "/api/moves/move-0/clip"),
    ("GET", "/nowhere"),
)


@pytest.mark.parametrize(("method", "path"), EVERYTHING)
async def test_a_page_of_another_origin_gets_nothing_done(
    backend: MemoryBackend, app: Litestar, method: str, path: str
) -> None:
    before = dict(backend.tasks.history)
    for foreign in FOREIGN:
        form = path in ("/api/songs", "/api/moves")
        headers = [("Host", HERE), *(FORM if form else OPTIONS).items(), *foreign.items()]
        status, answered = await answer_of(app, method, path, headers)
        assert (status, answered["cross-origin-resource-policy"]) == (403, "same-origin"), foreign
    assert backend.tasks.history == before
    assert (await backend.library.moves.get("move-0")).id == "move-0"


async def test_two_origins_are_foreign(app: Litestar) -> None:
    ours = [("Host", HERE), ("Origin", f"http://{HERE}")]
    assert (await answer_of(app, "DELETE", "/api/moves/nobody", ours))[0] == 404
    assert (await answer_of(app, "DELETE", "/api/moves/nobody", [*ours, ours[1]]))[0] == 403


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "same-origin", "Origin": f"http://{HERE}"},
        {"Origin": f"http://{HERE}"},
        {"Origin": f"HTTPS://{HERE}"},
        {"Host": "LOCALHOST.:80", "Origin": "http://localhost"},
        {"Host": "[::1]:8000", "Origin": "http://[::1]:8000"},
        {"Origin": "https://dance.example.org", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "https://studio.example.org:8443", "Sec-Fetch-Site": "same-site"},
        {"Host": "dance.example.org", "Origin": "https://dance.example.org"},
    ],
)
async def test_whoever_asks_from_here_is_heard(app: Litestar, headers: dict[str, str]) -> None:
    pairs = list(({"Host": HERE} | headers).items())

    assert (await answer_of(app, "DELETE", "/api/moves/nobody", pairs))[0] == 404


async def test_a_link_to_here_may_be_followed(app: Litestar) -> None:
    headers = {
        "Host": HERE,
        "Sec-Fetch-Site": "cross-site",
        "Sec-Fetch-Mode": "navigate",
        "Sec-Fetch-Dest": "document",
    }
    pairs = list(headers.items())
    assert (await answer_of(app, "GET", "/api/moves", pairs))[0] == 200
    assert (await answer_of(app, "POST", GENERATE, pairs))[0] == 403


@pytest.mark.parametrize(
    ("method", "address"),
    [("GET", "/api/moves"), ("GET", "/nowhere"), ("PUT", GENERATE), ("GET", "/schema")],
)
async def test_every_answer_is_for_this_origin_alone_and_what_it_says_it_is(
    app: Litestar, method: str, address: str
) -> None:
    _, headers = await answer_of(app, method, address, [("Host", HERE)])

    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["x-content-type-options"] == "nosniff"
    assert "content-security-policy" not in headers


async def test_a_page_says_where_its_parts_may_come_from() -> None:
    async def page(_: object, __: object, send: Any) -> None:
        headers = [(b"content-type", b"text/html; charset=utf-8")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    app = guarded(cast(Any, page), OriginGuard(frozenset()))

    _, headers = await answer_of(cast(Any, app), "GET", "/", [("Host", HERE)])
    assert "default-src 'none'" in headers["content-security-policy"]


@pytest.mark.parametrize(
    "headers", [[("Host", "evil.example")], [("Host", HERE), ("Origin", "null")]]
)
async def test_a_socket_of_a_foreign_page_is_closed_before_it_opens(
    app: Litestar, headers: Pairs
) -> None:
    messages: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        messages.append(message)

    scope = {
        "type": "websocket",
        "path": "/",
        "query_string": b"",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers],
    }
    await app(cast(Any, scope), cast(Any, None), cast(Any, send))

    assert [message["type"] for message in messages] == ["websocket.close"]


async def test_the_refusal_says_what_to_do(backend: MemoryBackend, app: Litestar) -> None:
    transport = httpx.ASGITransport(cast(Any, app))
    async with httpx.AsyncClient(transport=transport, base_url="http://evil.example") as client:
        problem = problem_of(await client.get("/api/moves"), 421)
        assert "'evil.example'" in problem["error"]
        assert "BACHATA_ALLOWED_HOSTS" in problem["error"]
        foreign = {"Host": HERE, "Origin": "http://evil.example"}
        problem = problem_of(await client.post(ASSEMBLE, json=document(), headers=foreign), 403)
        assert problem["code"] == "foreign-origin"


@pytest.mark.parametrize("wrong", ["*", "http://a.example", "a.example/", "a b", "a.example:port"])
def test_a_host_that_is_none_cannot_be_set(wrong: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        from_environment({"BACHATA_ALLOWED_HOSTS": f"good.example,{wrong}"})
    assert [each.path for each in refused.value.violations] == ["BACHATA_ALLOWED_HOSTS"]
