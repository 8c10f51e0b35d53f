"""The studio's page and its files, as a browser asks for them."""

import gzip
import re
from collections.abc import AsyncGenerator
from pathlib import Path

import httpx
import pytest

from entrypoints.http.studio import POLICY, studio
from tests.api.memory_backend import MemoryBackend, problem_of

pytestmark = pytest.mark.anyio

STAYS = "private, max-age=86400, immutable"


@pytest.fixture
async def client(tmp_path: Path) -> AsyncGenerator[httpx.AsyncClient]:
    async with MemoryBackend(tmp_path).client() as opened:
        yield opened


def address_of(name: str) -> str:
    return f"/studio/{studio().version}/{name}"


async def test_the_page_is_served_at_the_root_under_a_strict_policy(
    client: httpx.AsyncClient,
) -> None:
    answer = await client.get("/")

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-security-policy"] == POLICY
    assert answer.headers["cache-control"] == "private, no-cache"
    assert "unsafe" not in POLICY
    assert "http" not in POLICY
    assert re.findall(r"\{\w+\}", answer.text) == []


async def test_everything_that_the_page_names_is_there(client: httpx.AsyncClient) -> None:
    page = (await client.get("/")).text
    addresses = set(re.findall(r'(?:href|src)="([^"]+)"', page))
    answers = {address: await client.get(address) for address in addresses}

    assert len(addresses) > 10
    assert {answer.status_code for answer in answers.values()} == {200}
    assert {answer.headers["cache-control"] for answer in answers.values()} == {STAYS}


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("app.js", "text/javascript; charset=utf-8"),
        ("studio.css", "text/css; charset=utf-8"),
        ("icon.svg", "image/svg+xml"),
    ],
)
async def test_a_file_has_its_type_its_tag_and_its_head(
    client: httpx.AsyncClient, name: str, media_type: str
) -> None:
    address = address_of(name)
    whole = await client.get(address, headers={"Accept-Encoding": "identity"})
    head = await client.head(address, headers={"Accept-Encoding": "identity"})
    again = await client.get(
        address, headers={"Accept-Encoding": "identity", "If-None-Match": whole.headers["etag"]}
    )

    assert whole.headers["content-type"] == head.headers["content-type"] == media_type
    assert whole.headers["x-content-type-options"] == "nosniff"
    assert head.headers["content-length"] == str(len(whole.content))
    assert head.content == b""
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("accepted", ["gzip", "gzip, deflate, br", "br;q=1, GZIP;q=0.5"])
async def test_a_file_is_compressed_for_those_who_accept_it(
    client: httpx.AsyncClient, accepted: str
) -> None:
    address = address_of("app.js")
    plain = await client.get(address, headers={"Accept-Encoding": "identity"})
    async with client.stream("GET", address, headers={"Accept-Encoding": accepted}) as packed:
        raw = b"".join([chunk async for chunk in packed.aiter_raw()])

    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["vary"] == plain.headers["vary"] == "Accept-Encoding"
    assert packed.headers["etag"] != plain.headers["etag"]
    assert gzip.decompress(raw) == plain.content


@pytest.mark.parametrize("accepted", ["identity", "br", "gzip;q=0", "gzip; q=0.0", ""])
async def test_a_file_is_not_compressed_for_others(
    client: httpx.AsyncClient, accepted: str
) -> None:
    answer = await client.get(address_of("app.js"), headers={"Accept-Encoding": accepted})

    assert answer.status_code == 200
    assert "content-encoding" not in answer.headers


@pytest.mark.parametrize(
    "name",
    [
        "nothing.js",
        "index.html",
        "..%2fhttp%2fapp.py",
        "%2e%2e/%2e%2e/settings.py",
        "..%5capp.js",
        "app.js%00",
        "app.js/",
        "./../../settings.py",
    ],
)
async def test_no_other_name_leads_anywhere(client: httpx.AsyncClient, name: str) -> None:
    answer = await client.get(address_of(name).replace("app.js/", "app.js/x"))

    assert answer.status_code in (400, 404)
    assert "import" not in answer.text


def test_a_module_is_sent_without_the_types_in_its_comments_and_on_the_same_lines() -> None:
    folder = Path(__file__).resolve().parents[2] / "src/entrypoints/studio"
    for path in folder.glob("*.js"):
        served = studio().files[path.name].content.decode()
        source = path.read_text()
        assert "@type" not in served.replace("@typedef", "@type"), path.name
        assert served.count("\n") == source.count("\n")
        assert [line for line in served.splitlines() if line.startswith("import ")] == [
            line for line in source.splitlines() if line.startswith("import ")
        ]


async def test_a_file_of_another_version_is_not_served_as_this_one(
    client: httpx.AsyncClient,
) -> None:
    problem = problem_of(await client.get("/studio/0123456789abcdef/app.js"), 404)

    assert problem["code"] == "no-such-route"


async def test_the_page_only_reads(client: httpx.AsyncClient) -> None:
    problem = problem_of(await client.post("/", json={}), 405)

    assert problem["code"] == "method-not-allowed"
