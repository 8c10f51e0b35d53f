"""Every route, also one that comes later, answers every mistake with one kind of body."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
from litestar import Litestar

from entrypoints.http.access_log import access_log
from entrypoints.http.request_bodies import LARGEST
from tests.api.every_route import METHODS, Route, body_of, routes_of
from tests.api.memory_backend import Lines, MemoryBackend, problem_of

pytestmark = pytest.mark.anyio

Json = dict[str, Any]


class BrokenParts:
    """Use cases that fail as soon as a route asks for one."""

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError(f"{name} at /home/somebody/secret")


@pytest.fixture(scope="module")
async def app(backend: MemoryBackend) -> AsyncGenerator[Litestar]:
    async with backend.opened() as app:
        yield app


@pytest.fixture(scope="module")
async def client(app: Litestar) -> AsyncGenerator[httpx.AsyncClient]:
    async with over(app) as client:
        yield client


@asynccontextmanager
async def over(app: Any) -> AsyncGenerator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://backend") as client:
        yield client


@pytest.fixture(scope="module")
def routes(app: Litestar) -> list[Route]:
    return routes_of(app)


@pytest.fixture(scope="module")
async def described(client: httpx.AsyncClient) -> Json:
    return (await client.get("/schema")).json()


async def answer_of(client: httpx.AsyncClient, route: Route, **headers: str) -> httpx.Response:
    of_body, content = body_of(route)
    return await client.request(
        route.method, route.address, headers={**of_body, **headers}, content=content
    )


def refused(answer: httpx.Response, route: Route, status: int, described: Json) -> Json:
    """Return the problem of a route, which the document knows; HEAD has its headers alone."""
    documented = described["paths"].get(route.path, {}).get(route.method.lower())
    if documented is not None:
        error = documented["responses"][str(status)]
        assert "application/problem+json" in error["content"], route
    if route.method == "HEAD":
        assert answer.status_code == status, route
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.content == b""
        return {}
    return problem_of(answer, status)


async def test_the_routes_are_found(routes: list[Route]) -> None:
    assert {"/schema", "/health/live", "/api/songs/{song_id}"} <= {each.path for each in routes}
    assert {"application/json", "multipart/form-data", None} == {each.takes for each in routes}


async def test_a_wrong_method_is_refused_everywhere(
    client: httpx.AsyncClient, routes: list[Route]
) -> None:
    for path in {each.path: each for each in routes}.values():
        right = {each.method for each in routes if each.path == path.path} | {"OPTIONS"}
        for method in (*METHODS, "BREW"):
            if method in right:
                continue
            answer = await client.request(method, path.address)
            assert answer.status_code == 405, path
            assert set(answer.headers["allow"].split(", ")) == right, path
            if method != "HEAD":
                assert problem_of(answer, 405)["code"] == "method-not-allowed"


async def test_nothing_is_found_beside_a_route(
    client: httpx.AsyncClient, routes: list[Route]
) -> None:
    for route in routes:
        for address in (f"{route.address}/there/is/no/such/thing", f"/nothing{route.address}"):
            answer = await client.request(route.method, address)
            assert answer.status_code == 404, address
            assert answer.headers["content-type"] == "application/problem+json", address
            if route.method != "HEAD":
                assert problem_of(answer, 404)["code"] in ("no-such-route", "segment-not-found")


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"Host": "elsewhere"}, 421, "unknown-host"),
        ({"Origin": "http://elsewhere"}, 403, "foreign-origin"),
        ({"Sec-Fetch-Site": "cross-site"}, 403, "foreign-origin"),
    ],
)
async def test_a_foreign_request_is_refused_everywhere(
    client: httpx.AsyncClient,
    routes: list[Route],
    described: Json,
    headers: dict[str, str],
    status: int,
    code: str,
) -> None:
    for route in routes:
        problem = refused(await answer_of(client, route, **headers), route, status, described)
        assert problem.get("code", code) == code


async def test_control_characters_are_refused_everywhere(
    client: httpx.AsyncClient, routes: list[Route], described: Json
) -> None:
    for route in routes:
        answer = await client.request(route.method, f"{route.address}?name=%00")
        problem = refused(answer, route, 400, described)
        assert problem.get("code", "invalid-request") == "invalid-request"


@pytest.mark.parametrize("content", [b"{", b"", b"\xff", b"[" * 100_000])
async def test_malformed_json_is_refused_everywhere(
    client: httpx.AsyncClient, routes: list[Route], described: Json, content: bytes
) -> None:
    for route in routes:
        if route.takes == "application/json":
            headers = {"Content-Type": "application/json"}
            answer = await client.request(
                route.method, route.address, headers=headers, content=content
            )
            problem = refused(answer, route, 400, described)
            assert problem["stage"] == "validation"
            assert problem["details"]


async def test_another_media_type_is_refused_everywhere(
    client: httpx.AsyncClient, routes: list[Route], described: Json
) -> None:
    for route in routes:
        if route.takes is not None:
            # A script is a text.
            takes_text = route.address.endswith("/scripts/upload")
            for kind in (
                "text/html" if takes_text else "text/plain",
                "application/xml",
                "nonsense",
            ):
                answer = await client.request(
                    route.method, route.address, headers={"Content-Type": kind}, content=b"{}"
                )
                problem = refused(answer, route, 415, described)
                assert problem["code"] == "unsupported-media-type"
                assert answer.headers["accept"] == route.takes


async def test_a_body_too_large_is_refused_everywhere(
    client: httpx.AsyncClient, routes: list[Route], described: Json
) -> None:
    for route in routes:
        if route.takes is not None:
            headers = body_of(route)[0] | {"Content-Length": str(10**13)}
            if route.takes == "application/json":
                headers["Content-Length"] = str(LARGEST + 1)
            answer = await client.request(
                route.method, route.address, headers=headers, content=b"{}"
            )
            assert refused(answer, route, 413, described)["code"] in ("body-too-large", "too-large")


def is_file(path: str) -> bool:
    return path == "/" or path.startswith(("/schema", "/studio"))


async def test_a_bug_is_told_alike_everywhere(
    tmp_path: Path, routes: list[Route], described: Json
) -> None:
    backend = MemoryBackend(tmp_path)
    async with backend.opened() as app:
        use_cases = app.state.use_cases
        app.state.use_cases = BrokenParts()
        try:
            async with over(app) as client:
                for route in routes:
                    # The documents and the studio are files, for which no part is needed.
                    if route.uses_parts and not is_file(route.path):
                        answer = await answer_of(client, route)
                        problem = refused(answer, route, 500, described)
                        assert problem.get("code", "internal-error") == "internal-error"
                        assert "secret" not in answer.text
        finally:
            app.state.use_cases = use_cases


async def test_a_bug_outside_the_application_is_told_like_one_within(lines: Lines) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("at /home/somebody/secret")

    async with over(access_log(cast(Any, broken))) as client:
        answer = await client.get("/anywhere")

    assert problem_of(answer, 500)["code"] == "internal-error"
    assert "secret" not in answer.text
    logged = [line for line in lines() if line["logger"].startswith("bachata")]
    assert [line["event"] for line in logged] == ["unhandled", "request"]
    assert logged[1]["status"] == 500
