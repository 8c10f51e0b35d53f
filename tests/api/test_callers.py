"""Callers are who they say: users with tokens and API keys, each with a role and scopes."""

import hashlib
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
from litestar import Litestar, WebSocket, websocket
from litestar.di import NamedDependency

from entrypoints.http.dependencies import with_dependencies
from entrypoints.settings import Settings
from tests.api.memory_backend import Lines, MemoryBackend, problem_of

pytestmark = pytest.mark.anyio

PASSWORD = "correct horse battery"  # noqa: S105
ANA = {"name": "Ana@example.org", "password": PASSWORD}
BRUNO = {"name": "bruno", "password": "another long one"}
REGISTER = "/api/auth/register"
TOKEN = "/api/auth/token"  # noqa: S105
REFRESH = "/api/auth/token/refresh"
REVOKE = "/api/auth/token/revoke"
ME = "/api/auth/me"
KEYS = "/api/auth/keys"

Tokens = dict[str, Any]


def settings(**fields: Any) -> Settings:
    return Settings(allowed_hosts="backend", auth="on", **fields)


@pytest.fixture
def guarded(tmp_path: Path) -> MemoryBackend:
    return MemoryBackend(tmp_path, settings(registration="open"))


@pytest.fixture
async def client(guarded: MemoryBackend) -> AsyncGenerator[httpx.AsyncClient]:
    """A client of a service with accounts, in which everybody may register."""
    async with guarded.client() as opened:
        yield opened


async def logged_in(client: httpx.AsyncClient, who: dict[str, str]) -> Tokens:
    answer = await client.post(TOKEN, json=who)
    assert answer.status_code == 200, answer.text
    return answer.json()


def bearer(tokens: Tokens) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens['access_token']}"}


async def registered(client: httpx.AsyncClient, who: dict[str, str]) -> dict[str, str]:
    """Register somebody, and return the header of a request by them."""
    answer = await client.post(REGISTER, json=who)
    assert answer.status_code == 201, answer.text
    return bearer(await logged_in(client, who))


async def test_a_request_without_a_caller_is_told_how_to_have_one(
    client: httpx.AsyncClient,
) -> None:
    answer = await client.get("/api/songs")
    problem = problem_of(answer, 401)
    assert problem["code"] == "not-authenticated"
    assert "X-API-Key" in problem["error"]
    assert answer.headers["www-authenticate"] == 'Bearer realm="bachata-buddy"'


async def test_the_first_user_is_the_administrator(client: httpx.AsyncClient) -> None:
    ana = await registered(client, ANA)
    bruno = await registered(client, BRUNO)
    first = (await client.get(ME, headers=ana)).json()
    second = (await client.get(ME, headers=bruno)).json()
    assert (first["name"], first["role"], first["scopes"]) == (
        ANA["name"],
        "admin",
        ["read", "make", "admin"],
    )
    assert (second["role"], second["scopes"]) == ("user", ["read", "make"])


async def test_nobody_else_registers_unless_it_is_allowed(tmp_path: Path) -> None:
    async with MemoryBackend(tmp_path, settings()).client() as client:
        await registered(client, ANA)
        problem = problem_of(await client.post(REGISTER, json=BRUNO), 403)
        assert problem["code"] == "registration-closed"
    async with MemoryBackend(tmp_path, settings(registration="closed")).client() as client:
        problem_of(await client.post(REGISTER, json=ANA), 403)


async def test_a_name_is_taken_in_any_case(client: httpx.AsyncClient) -> None:
    await registered(client, ANA)
    again = {**ANA, "name": " ANA@EXAMPLE.org "}
    assert problem_of(await client.post(REGISTER, json=again), 409)["code"] == "user-taken"


async def test_a_name_of_spaces_is_refused(client: httpx.AsyncClient) -> None:
    problem = problem_of(await client.post(REGISTER, json={**ANA, "name": "  "}), 400)
    assert [each["path"] for each in problem["details"]] == ["$.name"]


async def test_a_short_password_is_refused_and_not_repeated(client: httpx.AsyncClient) -> None:
    answer = await client.post(REGISTER, json={"name": "ana", "password": "open sesam"})
    problem = problem_of(answer, 400)
    assert [each["path"] for each in problem["details"]] == ["$.password"]
    assert "12" in problem["details"][0]["message"]
    assert "open sesam" not in answer.text


async def test_a_name_that_is_not_known_is_answered_as_a_wrong_password(
    client: httpx.AsyncClient, guarded: MemoryBackend
) -> None:
    await registered(client, ANA)
    answers: list[dict[str, Any]] = []
    hashes: list[int] = []
    for who in ({**ANA, "password": "wrong"}, {**BRUNO}):
        before = guarded.hasher.hashed
        problem = problem_of(await client.post(TOKEN, json=who), 401)
        hashes.append(guarded.hasher.hashed - before)
        answers.append({name: problem[name] for name in ("code", "error", "details")})
    assert answers[0] == answers[1]
    assert hashes == [1, 1]


async def test_a_refresh_token_is_good_for_one_pair(client: httpx.AsyncClient) -> None:
    await registered(client, ANA)
    first = await logged_in(client, ANA)
    answer = await client.post(REFRESH, json={"refresh_token": first["refresh_token"]})
    assert answer.headers["cache-control"] == "no-store"
    second = answer.json()
    assert (await client.get(ME, headers=bearer(second))).status_code == 200
    reused = await client.post(REFRESH, json={"refresh_token": first["refresh_token"]})
    assert problem_of(reused, 401)["code"] == "token-reused"
    for tokens in (first, second):
        problem_of(await client.get(ME, headers=bearer(tokens)), 401)
    later = await client.post(REFRESH, json={"refresh_token": second["refresh_token"]})
    assert problem_of(later, 401)["code"] == "token-rejected"


async def test_logging_out_ends_one_log_in_at_once(client: httpx.AsyncClient) -> None:
    await registered(client, ANA)
    here, there = await logged_in(client, ANA), await logged_in(client, ANA)
    for _ in range(2):
        ended = await client.post(REVOKE, json={"refresh_token": here["refresh_token"]})
        assert ended.status_code == 204
    assert (await client.post(REVOKE, json={"refresh_token": "nonsense"})).status_code == 204
    problem_of(await client.get(ME, headers=bearer(here)), 401)
    assert (await client.get(ME, headers=bearer(there))).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Bearer "},
        {"Authorization": "Bearer a.b.c"},
        {"Authorization": "Bearer \udcff".encode("utf-8", "surrogateescape").decode("latin-1")},
        {"Authorization": "Basic YTpi"},
        {"X-API-Key": ""},
        {"X-API-Key": "bbk_00000000_" + "a" * 43},
        {"X-API-Key": "bbr_" + "0" * 32 + "_" + "a" * 43},
    ],
)
async def test_what_is_no_token_and_no_key_is_refused(
    client: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    encoded = {name: value.encode("latin-1") for name, value in headers.items()}
    answer = await client.get(ME, headers=encoded)  # pyright: ignore[reportArgumentType]
    assert problem_of(answer, 401)["code"] == "token-rejected"
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]


async def test_a_refresh_token_is_no_access_token(client: httpx.AsyncClient) -> None:
    await registered(client, ANA)
    tokens = await logged_in(client, ANA)
    crossed = {"access_token": tokens["refresh_token"]}
    problem_of(await client.get(ME, headers=bearer(crossed)), 401)
    answer = await client.post(REFRESH, json={"refresh_token": tokens["access_token"]})
    problem_of(answer, 401)


async def test_an_api_key_is_shown_once_and_does_what_its_scopes_say(
    client: httpx.AsyncClient,
) -> None:
    ana = await registered(client, ANA)
    request = {"name": "a reader", "scopes": ["read"], "expires_in_days": 1}
    answer = await client.post(KEYS, json=request, headers=ana)
    assert (answer.status_code, answer.headers["cache-control"]) == (201, "no-store")
    issued = answer.json()
    assert issued["key"].startswith(issued["api_key"]["prefix"])
    header = {"X-API-Key": issued["key"]}
    assert (await client.get(ME, headers=header)).json()["scopes"] == ["read"]
    answer_to_plan = await client.post(
        "/api/choreography/plan", json={"song_id": "x"}, headers=header
    )
    assert problem_of(answer_to_plan, 403)["code"] == "forbidden"
    listed = (await client.get(KEYS, headers=ana)).json()["items"]
    assert [each["id"] for each in listed] == [issued["api_key"]["id"]]
    assert listed[0]["last_used_at"] is not None
    assert issued["key"] not in str(listed)
    address = f"{KEYS}/{issued['api_key']['id']}"
    assert (await client.delete(address, headers=ana)).status_code == 204
    problem_of(await client.get(ME, headers=header), 401)
    problem_of(await client.delete(address, headers=ana), 404)


async def test_a_key_makes_no_keys_and_has_no_more_scopes_than_its_user(
    client: httpx.AsyncClient,
) -> None:
    ana = await registered(client, ANA)
    bruno = await registered(client, BRUNO)
    request = {"name": "all", "scopes": ["read", "make", "admin"]}
    problem_of(await client.post(KEYS, json=request, headers=bruno), 403)
    whole = (await client.post(KEYS, json=request, headers=ana)).json()
    header = {"X-API-Key": whole["key"]}
    assert problem_of(await client.post(KEYS, json=request, headers=header), 403)
    problem_of(await client.delete(f"{KEYS}/{whole['api_key']['id']}", headers=bruno), 404)


async def test_wrong_passwords_are_limited_and_the_right_one_is_not(
    client: httpx.AsyncClient,
) -> None:
    await registered(client, ANA)
    for _ in range(30):
        await logged_in(client, ANA)
    wrong = {**ANA, "password": "wrong"}
    for _ in range(10):
        problem_of(await client.post(TOKEN, json=wrong), 401)
    for who in (wrong, ANA):
        answer = await client.post(TOKEN, json=who)
        assert problem_of(answer, 429)["code"] == "too-many-attempts"
        assert 0 < int(answer.headers["retry-after"]) <= 900
    assert (await client.post(REGISTER, json=BRUNO)).status_code == 201
    await logged_in(client, BRUNO)


async def test_registrations_are_limited(client: httpx.AsyncClient) -> None:
    statuses = [
        (await client.post(REGISTER, json={**ANA, "name": f"user {k}"})).status_code
        for k in range(12)
    ]
    assert statuses == [201] * 10 + [429] * 2


async def test_a_disabled_user_is_refused_at_once(
    client: httpx.AsyncClient, guarded: MemoryBackend
) -> None:
    ana = await registered(client, ANA)
    key = (await client.post(KEYS, json={"name": "k"}, headers=ana)).json()["key"]
    [user] = guarded.users.users.values()
    guarded.users.users[user.id] = type(user)(
        id=user.id, name=user.name, password_hash=user.password_hash, disabled=True
    )
    for headers in (ana, {"X-API-Key": key}):
        problem_of(await client.get(ME, headers=headers), 401)
    assert problem_of(await client.post(TOKEN, json=ANA), 401)["code"] == "wrong-credentials"


async def test_an_old_hash_is_made_anew_when_somebody_logs_in(
    client: httpx.AsyncClient, guarded: MemoryBackend
) -> None:
    await registered(client, ANA)
    [user] = guarded.users.users.values()
    old = str(user.password_hash).replace("fast1", "fast0")
    salt = old.split("$")[1]
    old = f"fast0${salt}${hashlib.sha256(f'{salt}{PASSWORD}'.encode()).hexdigest()}"
    await guarded.users.update(user.id, lambda u: type(u)(id=u.id, name=u.name, password_hash=old))
    await logged_in(client, ANA)
    assert str(guarded.users.users[user.id].password_hash).startswith("fast1$")
    await logged_in(client, ANA)


async def test_without_accounts_everybody_is_the_local_user(tmp_path: Path) -> None:
    async with MemoryBackend(tmp_path).client() as client:
        me = (await client.get(ME)).json()
        assert (me["id"], me["role"]) == ("local", "admin")
        for address in (REGISTER, TOKEN):
            problem = problem_of(await client.post(address, json=ANA), 409)
            assert problem["code"] == "authentication-off"
            assert "BACHATA_AUTH=on" in problem["error"]


async def test_the_log_names_the_caller_and_holds_no_secret(
    client: httpx.AsyncClient, lines: Lines
) -> None:
    ana = await registered(client, ANA)
    tokens = await logged_in(client, ANA)
    await client.post(REFRESH, json={"refresh_token": tokens["refresh_token"]})
    key = (await client.post(KEYS, json={"name": "k"}, headers=ana)).json()["key"]
    lines()
    await client.get(ME, headers={"X-API-Key": key})
    await client.get(ME, headers=ana)
    await client.post(TOKEN, json={**ANA, "password": "wrong password"})
    entries = lines()
    accessed = [each for each in entries if each["logger"] == "bachata.access"]
    me = (await client.get(ME, headers=ana)).json()["id"]
    assert [each.get("caller") for each in accessed] == [me, me, None]
    text = str(entries)
    hidden = (tokens["access_token"], tokens["refresh_token"])
    assert [each for each in (key, PASSWORD, "wrong password", *hidden) if each in text] == []


@websocket("/ws/test")
async def greeting(socket: WebSocket[Any, Any, Any], caller: NamedDependency[str]) -> None:
    """Tell a caller their id."""
    await socket.accept()
    await socket.send_text(caller)
    await socket.close()


async def opened(app: Litestar, headers: dict[str, str]) -> list[dict[str, Any]]:
    """Open a WebSocket and return what the service sends."""
    messages: list[dict[str, Any]] = []
    scope = {
        "type": "websocket",
        "path": "/ws/test",
        "raw_path": b"/ws/test",
        "query_string": b"",
        "root_path": "",
        "scheme": "ws",
        "subprotocols": [],
        "client": ("127.0.0.1", 1),
        "headers": [(b"host", b"backend")]
        + [(name.lower().encode(), value.encode()) for name, value in headers.items()],
    }

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"}

    async def send(message: dict[str, Any]) -> None:
        messages.append(message)

    await app(cast(Any, scope), cast(Any, receive), cast(Any, send))
    return messages


async def test_a_web_socket_needs_a_caller_too(guarded: MemoryBackend) -> None:
    async with guarded.opened() as app:
        [routed] = with_dependencies([greeting])
        app.register(routed)
        transport = httpx.ASGITransport(cast(Any, app))
        async with httpx.AsyncClient(transport=transport, base_url="http://backend") as client:
            ana = await registered(client, ANA)
            me = (await client.get(ME, headers=ana)).json()["id"]
        for headers in ({}, {"Authorization": "Bearer wrong"}):
            messages = await opened(app, headers)
            assert [each["type"] for each in messages] == ["websocket.close"]
        accepted, message, _ = await opened(app, ana)
        assert accepted["type"] == "websocket.accept"
        assert message["text"] == me
