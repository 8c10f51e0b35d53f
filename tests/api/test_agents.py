"""Agents make, plan, explain and list by tools, with the official client of their protocol."""

import asyncio
import json
import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal
from uuid import UUID, uuid4

import httpx
import pytest
from httpx2 import AsyncClient
from mcp.client.client import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPError
from mcp_types import CallToolResult

from application.operations import extras
from application.operations.extras import ExtraMissing
from domain.rendering.assembly import FINAL, State
from domain.shared.errors import InvalidRequest
from entrypoints.http import openapi
from entrypoints.http.app import create_app
from entrypoints.mcp.tools import Tool, tools_of
from entrypoints.settings import Settings
from tests.api.memory_backend import FILM_KEYS, PROBLEM_KEYS, Lines, MemoryBackend, document
from tests.api.served import served
from tests.api.test_leaving import Stuck
from tests.world.loopback import NO_TLS

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

API = (Path(__file__).resolve().parents[2] / "docs/API.md").read_text()
PATIENCE = 20.0
"""Seconds after which a test that should have ended long ago is broken."""
PASSWORD = "correct horse battery"  # noqa: S105
HANDSHAKE: Literal["legacy"] = "legacy"
"""Versions of the protocol up to 2025-11-25."""
NEWEST: Literal["auto"] = "auto"
MODES = (HANDSHAKE, NEWEST)


@asynccontextmanager
async def agent(
    port: int, mode: Literal["legacy", "auto"] = NEWEST, **headers: str
) -> AsyncGenerator[Client]:
    """A client that is connected to the service at this port."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    async with AsyncClient(headers=named, timeout=PATIENCE, verify=NO_TLS) as over:
        transport = streamable_http_client(f"http://127.0.0.1:{port}/mcp", http_client=over)
        async with asyncio.timeout(PATIENCE), Client(transport, mode=mode) as client:
            yield client


def problem_of(result: CallToolResult) -> dict[str, Any]:
    """The problem of a refused call, once its form is checked."""
    assert result.is_error
    problem = result.structured_content
    assert set(problem) == PROBLEM_KEYS
    assert json.loads(text_of(result)) == problem
    return problem


def text_of(result: CallToolResult) -> str:
    [content] = result.content
    assert content.type == "text"
    return content.text


def found(result: CallToolResult) -> dict[str, Any]:
    assert not result.is_error, result
    assert json.loads(text_of(result)) == result.structured_content
    return result.structured_content


@pytest.fixture(scope="module")
async def backend(tmp_path_factory: pytest.TempPathFactory) -> MemoryBackend:
    made = MemoryBackend(tmp_path_factory.mktemp("backend"), Settings(mcp="on"))
    await made.furnish()
    return made


@pytest.fixture(scope="module")
async def port(backend: MemoryBackend) -> AsyncGenerator[int]:
    async with served(backend) as port:
        yield port


@pytest.mark.parametrize("mode", MODES)
async def test_the_tools_are_the_routes_that_make_plan_explain_and_list(
    port: int, mode: Literal["legacy", "auto"]
) -> None:
    async with agent(port, mode) as client:
        listed = (await client.list_tools()).tools
        assert "list_songs" in (client.instructions or "")

    assert {tool.name for tool in listed} == {
        "list_songs",
        "get_song",
        "get_analysis",
        "list_moves",
        "get_move",
        "search_moves",
        "list_similar_moves",
        "parse_query",
        "plan_choreography",
        "generate_choreography",
        "generate_from_words",
        "assemble_blueprint",
        "watch_task",
        "get_blueprint",
        "explain_film",
    }
    tools = {tool.name: tool for tool in listed}
    generate = tools["generate_choreography"].input_schema
    assert generate["required"] == ["song_id"]
    assert set(generate["properties"]) >= {"song_id", "difficulty", "seed", "idempotency_key"}
    assert tools["list_songs"].annotations.read_only_hint  # pyright: ignore[reportOptionalMemberAccess]
    assert all(tool.description and tool.input_schema["type"] == "object" for tool in listed)


@pytest.mark.parametrize("mode", MODES)
async def test_an_agent_lists_plans_makes_and_explains(
    port: int, mode: Literal["legacy", "auto"]
) -> None:
    async with agent(port, mode) as client:
        [song] = found(await client.call_tool("list_songs", {"search": "song"}))["items"]
        moves = found(await client.call_tool("list_moves", {"limit": 2}))["items"]
        assert len(moves) == 2
        planned = found(await client.call_tool("plan_choreography", {"song_id": song["id"]}))
        described = found(await client.call_tool("plan_choreography", {"query": "slow", "seed": 3}))
        assert planned["moves"]
        assert described["moves"]
        film = found(await client.call_tool("generate_choreography", {"song_id": song["id"]}))
        assert set(film) == FILM_KEYS
        spoken = found(await client.call_tool("generate_from_words", {"query": "slow"}))
        assert spoken["status"] == "completed"
        asked = {"task_id": film["task_id"]}
        blueprint = found(await client.call_tool("get_blueprint", asked))
        explained = found(await client.call_tool("explain_film", asked))
        assert len(explained["moves"]) == len(blueprint["moves"])
        again = found(await client.call_tool("watch_task", asked))
        assert again["video_url"] == film["video_url"]


async def test_the_example_of_the_document_makes_a_film(
    port: int, capsys: pytest.CaptureFixture[str]
) -> None:
    [example] = re.findall(r"^```python\n(.*?)^```$", API, re.DOTALL | re.MULTILINE)
    code = example.replace("127.0.0.1:8000", f"127.0.0.1:{port}").replace("asyncio.run(main())", "")
    names: dict[str, Any] = {}
    exec(code, names)  # noqa: S102 - the document is ours
    await names["main"]()
    assert re.fullmatch(r"/api/videos/[0-9a-f-]{36}/stream\n", capsys.readouterr().out)


async def test_the_blueprint_of_an_agent_is_assembled(port: int) -> None:
    blueprint = document()
    async with agent(port) as client:
        film = found(await client.call_tool("assemble_blueprint", blueprint))
    assert film["task_id"] == blueprint["task_id"]


@pytest.mark.parametrize(
    ("tool", "arguments", "code", "named"),
    [
        ("get_song", {"song_id": "nothing"}, "song-not-found", None),
        ("get_blueprint", {"task_id": str(uuid4())}, "task-not-found", None),
        ("generate_choreography", {"song_id": "song", "sed": 1}, "invalid-request", "$.sed"),
        ("generate_choreography", {}, "invalid-request", "$.song_id"),
        ("list_songs", {"limit": 100_000}, "invalid-request", "limit"),
        ("list_songs", {"find": "song"}, "invalid-request", "find"),
        ("get_song", {}, "invalid-request", "song_id"),
        ("get_song", {"song_id": "song/analysis"}, "invalid-request", "song_id"),
        (
            "generate_choreography",
            {"song_id": "song", "idempotency_key": "a\r\nb: c"},
            "invalid-request",
            "idempotency_key",
        ),
        ("delete_song", {"song_id": "song"}, "invalid-request", "name"),
    ],
)
async def test_a_mistake_is_told_as_the_problem_of_the_api(
    port: int, tool: str, arguments: dict[str, Any], code: str, named: str | None
) -> None:
    async with agent(port) as client:
        problem = problem_of(await client.call_tool(tool, arguments))

    assert (problem["code"], problem["error"]) == (code, problem["detail"])
    assert problem["detail"].endswith((".", "]"))
    assert problem["request_id"]
    if named is not None:
        assert named in {violation["path"] for violation in problem["details"]}


@pytest.mark.parametrize("mode", MODES)
async def test_an_agent_that_wants_to_know_hears_every_stage_in_order(
    port: int, mode: Literal["legacy", "auto"]
) -> None:
    heard: list[tuple[float, str]] = []

    async def told(progress: float, total: float | None, message: str | None) -> None:
        assert total == 100
        heard.append((progress, (message or "").partition(":")[0]))

    async with agent(port, mode) as client:
        made = await client.call_tool("generate_choreography", {"song_id": "song"}, None, told)

    found(made)
    assert [progress for progress, _ in heard] == sorted(progress for progress, _ in heard)
    assert {"planning", "concatenating", "adding_audio"} <= {stage for _, stage in heard}


async def test_an_agent_that_does_not_wait_watches_its_film(port: int) -> None:
    asked = {"song_id": "song", "prefer": "respond-async", "idempotency_key": "mine"}
    async with agent(port) as client:
        accepted = found(await client.call_tool("generate_choreography", asked))
        task_id = {"task_id": accepted["task_id"]}
        film = found(await client.call_tool("watch_task", task_id))
        again = found(await client.call_tool("generate_choreography", asked))
    assert film["status"] == "completed"
    assert again["task_id"] == film["task_id"] == accepted["task_id"]


async def test_the_failure_of_a_watched_film_is_told_as_its_problem(port: int) -> None:
    blueprint = document()
    blueprint["moves"][0]["video_path"] = "clips/nothing.mp4"
    async with agent(port) as client:
        problem = problem_of(await client.call_tool("assemble_blueprint", blueprint))
        assert problem["code"] == "media-not-found"
        watched = await client.call_tool("watch_task", {"task_id": blueprint["task_id"]})
        assert problem_of(watched)["code"] == "media-not-found"


@pytest.mark.parametrize("mode", MODES)
async def test_the_work_ends_when_the_agent_leaves(
    tmp_path: Path, mode: Literal["legacy", "auto"]
) -> None:
    backend = MemoryBackend(tmp_path, Settings(mcp="on"))
    await backend.furnish()
    stuck: Any = Stuck(backend.ports.clips, "normalise")
    backend.ports = replace(backend.ports, clips=stuck)
    async with served(backend) as port, asyncio.timeout(PATIENCE):

        async def asking() -> None:
            async with agent(port, mode) as client:
                await client.call_tool("generate_choreography", {"song_id": "song"})

        asked = asyncio.ensure_future(asking())
        await stuck.begun.wait()
        asked.cancel()
        await stuck.stopped.wait()
        await asyncio.gather(asked, return_exceptions=True)
        [task_id] = backend.tasks.history
        while backend.final(task_id).state not in FINAL:  # noqa: ASYNC110 - nothing tells it
            await asyncio.sleep(0.01)
    assert backend.final(task_id).state is State.CANCELLED
    assert backend.left_behind() == []


async def test_a_call_that_nobody_answers_stops_no_other_request(tmp_path: Path) -> None:
    backend = MemoryBackend(tmp_path, Settings(mcp="on", max_running=1))
    await backend.furnish()
    stuck: Any = Stuck(backend.ports.clips, "normalise")
    backend.ports = replace(backend.ports, clips=stuck)
    async with served(backend) as port, agent(port) as client:
        waiting = asyncio.ensure_future(
            client.call_tool("generate_choreography", {"song_id": "song"})
        )
        await stuck.begun.wait()
        found(await client.call_tool("list_songs", {}))
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)


@pytest.fixture
def guarded(tmp_path: Path) -> MemoryBackend:
    return MemoryBackend(tmp_path, Settings(mcp="on", auth="on", registration="open"))


async def bearer_of(client: httpx.AsyncClient, name: str) -> dict[str, str]:
    """Register somebody who is not yet, and return the header of their requests."""
    who = {"name": name, "password": PASSWORD}
    await client.post("/api/auth/register", json=who)
    token = (await client.post("/api/auth/token", json=who)).json()["access_token"]
    return {"Authorization": f"Bearer {token}"}


async def key_of(port: int, name: str, *scopes: str) -> str:
    """Register somebody and return an API key of theirs."""
    base = f"http://127.0.0.1:{port}"
    async with httpx.AsyncClient(base_url=base, timeout=PATIENCE, verify=NO_TLS) as client:
        bearer = await bearer_of(client, name)
        asked = {"name": "agent", "scopes": list(scopes)}
        return (await client.post("/api/auth/keys", json=asked, headers=bearer)).json()["key"]


@pytest.mark.parametrize("headers", [{}, {"X-API-Key": "bk_nobody_nothing"}])
async def test_a_call_without_a_caller_is_refused(
    guarded: MemoryBackend, headers: dict[str, str]
) -> None:
    async with (
        served(guarded) as port,
        httpx.AsyncClient(timeout=PATIENCE, verify=NO_TLS) as client,
    ):
        call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "list_songs"}}
        accepted = {"Accept": "application/json, text/event-stream"}
        address = f"http://127.0.0.1:{port}/mcp"
        answer = await client.post(address, json=call, headers={**accepted, **headers})
        assert answer.status_code == 401
        assert set(answer.json()) == PROBLEM_KEYS
        assert "www-authenticate" in answer.headers


@pytest.mark.parametrize("mode", MODES)
async def test_the_task_of_another_user_is_not_found(
    guarded: MemoryBackend, mode: Literal["legacy", "auto"]
) -> None:
    await guarded.furnish()
    async with served(guarded) as port:
        ana = await key_of(port, "ana", "read", "make")
        bruno = await key_of(port, "bruno", "read", "make")
        async with agent(port, mode, X_API_Key=ana) as client:
            film = found(await client.call_tool("generate_choreography", {"song_id": "song"}))
            assert guarded.final(UUID(film["task_id"])).owner != "local"
            mine = {"task_id": film["task_id"]}
            for tool in ("get_blueprint", "explain_film", "watch_task"):
                found(await client.call_tool(tool, mine))
        async with agent(port, mode, X_API_Key=bruno) as client:
            for tool in ("get_blueprint", "explain_film", "watch_task"):
                problem = problem_of(await client.call_tool(tool, mine))
                assert problem["code"] == "task-not-found"


async def test_a_key_that_may_read_makes_no_film(guarded: MemoryBackend) -> None:
    await guarded.furnish()
    async with served(guarded) as port:
        key = await key_of(port, "ana", "read")
        async with agent(port, X_API_Key=key) as client:
            found(await client.call_tool("list_songs", {}))
            refused = await client.call_tool("generate_choreography", {"song_id": "song"})
    assert problem_of(refused)["code"] == "forbidden"
    assert not guarded.tasks.history


async def test_a_key_is_revoked_for_the_next_call(guarded: MemoryBackend) -> None:
    await guarded.furnish()
    async with served(guarded) as port:
        key = await key_of(port, "ana", "read")
        async with agent(port, X_API_Key=key) as client:
            found(await client.call_tool("list_songs", {}))
            async with httpx.AsyncClient(
                base_url=f"http://127.0.0.1:{port}", verify=NO_TLS
            ) as other:
                ana = await bearer_of(other, "ana")
                [own] = (await other.get("/api/auth/keys", headers=ana)).json()["items"]
                gone = await other.delete(f"/api/auth/keys/{own['id']}", headers=ana)
                assert gone.status_code == 204, gone.text
            with pytest.raises(MCPError):
                await client.call_tool("list_songs", {})


async def test_a_call_is_one_request_in_the_log_and_leaves_no_argument_there(
    port: int, lines: Lines
) -> None:
    async with agent(port) as client:
        lines()
        film = found(await client.call_tool("generate_choreography", {"song_id": "song"}))
        problem = problem_of(await client.call_tool("get_song", {"song_id": "a-private-word"}))

    logged = [line for line in lines() if line["logger"].startswith("bachata")]
    requests = [line for line in logged if line["logger"] == "bachata.access"]
    assert {(line["path"], line["route"]) for line in requests} == {("/mcp", "/mcp")}
    first, second = [line for line in logged if line["logger"] == "bachata.mcp"]
    assert (first["tool"], first["task_id"]) == ("generate_choreography", film["task_id"])
    assert (first["outcome"], first["code"]) == ("done", None)
    assert (second["outcome"], second["code"]) == ("failed", "song-not-found")
    assert second["request_id"] == problem["request_id"]
    assert {first["request_id"], second["request_id"]} <= {line["request_id"] for line in requests}
    assert "a-private-word" not in json.dumps(logged)


async def test_agents_are_not_let_in_by_default(tmp_path: Path) -> None:
    async with MemoryBackend(tmp_path).client() as client:
        answer = await client.post("/mcp", json={})
    assert (answer.status_code, answer.json()["code"]) == (404, "no-such-route")


@pytest.mark.parametrize("version", [None, "2025-11-25", "2026-07-28", "nonsense"])
async def test_a_malformed_message_is_refused(port: int, version: str | None) -> None:
    address = f"http://127.0.0.1:{port}/mcp"
    headers = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}
    if version is not None:
        headers["MCP-Protocol-Version"] = version
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": 1}}
    bodies = [b"{", b"[]", b"null", b"{}", b"\xff", b"[" * 100_000, json.dumps(call).encode()]
    async with httpx.AsyncClient(timeout=PATIENCE, verify=NO_TLS) as client:
        for body in bodies:
            answer = await client.post(address, content=body, headers=headers)
            assert answer.status_code < 500, (body[:50], answer.text)
            assert "error" in answer.text, body[:50]


async def test_a_fault_of_the_adapter_is_told_without_its_words(
    backend: MemoryBackend, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("a private word")

    monkeypatch.setattr(Tool, "call", fail)
    async with agent(port) as client:
        result = await client.call_tool("list_songs", {})
    assert problem_of(result)["code"] == "internal-error"
    assert "private" not in text_of(result)


@pytest.mark.parametrize("method", ["GET", "DELETE"])
async def test_the_endpoint_has_no_sessions(port: int, method: str) -> None:
    async with httpx.AsyncClient(timeout=PATIENCE, verify=NO_TLS) as client:
        answer = await client.request(method, f"http://127.0.0.1:{port}/mcp")
    assert (answer.status_code, answer.json()["code"]) == (405, "method-not-allowed")


def test_an_argument_that_is_no_text_is_refused() -> None:
    tools = tools_of(openapi.document(create_app(Settings())))
    for name in ("get_song", "list_songs", "plan_choreography"):
        with pytest.raises(InvalidRequest) as refused:
            tools[name].call({"song_id": "\ud800"})
        assert [each.path for each in refused.value.violations] == ["song_id"]


def test_a_start_without_the_extra_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(extras.PACKAGES, "mcp", "a_package_that_is_not_installed")
    with pytest.raises(ExtraMissing, match=r"BACHATA_MCP=on .* install the extra `mcp`"):
        create_app(Settings(mcp="on"))
