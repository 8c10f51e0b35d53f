"""Webhooks of a real server: signed for every receiver, and delivered once when it was killed."""

import asyncio
import json
import shutil
import signal
import socket
import subprocess
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from scripts import node_packages
from tests.journeys.held_films import SOON, Film
from tests.journeys.server import serving, until
from tests.world.receiver import Receiver

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = ROOT / "scripts/clients"
WEBHOOKS = "/api/webhooks"
LOOPBACK = {"BACHATA_WEBHOOKS_TO_LOOPBACK": "on"}
PACKAGE = "standardwebhooks@1"
Json = dict[str, Any]


async def added(client: httpx.AsyncClient, url: str) -> Json:
    answer = await client.post(WEBHOOKS, json={"url": url})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def deliveries(client: httpx.AsyncClient, webhook: Json) -> list[Json]:
    return (await client.get(f"{WEBHOOKS}/{webhook['id']}/deliveries")).json()["items"]


async def test_a_message_of_a_killed_server_is_delivered_once_by_the_next(
    data: Path, tmp_path: Path
) -> None:
    """Killed after the end of the job was recorded, and before anything was sent."""
    held, film = tmp_path / "held", Film(data, "nowhere", wanted=False)
    command = (sys.executable, "-m", "tests.world.held_webhooks", str(held))
    async with Receiver().opened() as receiver:
        async with (
            serving(data, tmp_path / "log", command=command, **LOOPBACK) as server,
            server.client() as client,
        ):
            issued = await added(client, receiver.url())
            answer = await film.asked(client)
            assert answer.status_code == 200, answer.text
            await until(held.exists, within=SOON)
            [waiting] = await deliveries(client, issued["webhook"])
            assert (waiting["state"], waiting["tries"]) == ("waiting", 0)
            assert await server.ended(signal.SIGKILL) == -signal.SIGKILL
        assert receiver.connections == 0

        async with (
            serving(data, tmp_path / "next-log", **LOOPBACK) as server,
            server.client() as client,
        ):
            await receiver.until(1)

            async def is_delivered() -> bool:
                found = await deliveries(client, issued["webhook"])
                return [each["state"] for each in found] == ["delivered"]

            await until(is_delivered, within=SOON)
            # What comes later shows that nothing else came before it.
            other = Film(data, "nowhere", wanted=False)
            assert (await other.asked(client)).status_code == 200
            await receiver.until(2)
            assert await server.ended(signal.SIGTERM) == 0
    first, second = receiver.received
    assert first.headers["webhook-id"] == waiting["id"] != second.headers["webhook-id"]
    message = first.verified(issued["secret"])
    assert (message["type"], message["data"]) == ("choreography.completed", answer.json())
    assert second.verified(issued["secret"])["data"] != answer.json()


@asynccontextmanager
async def running(*command: str, folder: Path) -> AsyncGenerator[Process]:
    """A receiver as a program of its own."""
    process = await asyncio.create_subprocess_exec(*command, stdout=PIPE, cwd=folder)
    try:
        yield process
    finally:
        process.kill()
        await process.wait()


async def listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


async def expect_received(client: httpx.AsyncClient, data: Path, *start: str, folder: Path) -> None:
    """Check that a program accepts messages by either of two secrets, and by no other."""
    port = free_port()
    issued = await added(client, f"http://127.0.0.1:{port}/")
    webhook = issued["webhook"]
    rotated = await client.post(f"{WEBHOOKS}/{webhook['id']}/rotate")
    for secret in (issued["secret"], rotated.json()["secret"]):
        async with running(*start, str(port), secret, folder=folder) as process:
            await until(lambda: listens(port), within=SOON)
            film = await Film(data, "nowhere", wanted=False).asked(client)
            assert film.status_code == 200, film.text
            assert process.stdout is not None
            async with asyncio.timeout(SOON):
                line = await process.stdout.readline()
            assert json.loads(line)["data"] == film.json()
    wrong = f"whsec_{'A' * 44}"
    async with running(*start, str(port), wrong, folder=folder):
        await until(lambda: listens(port), within=SOON)
        assert (await Film(data, "nowhere", wanted=False).asked(client)).status_code == 200

        async def is_refused() -> bool:
            return (await deliveries(client, webhook))[0]["status"] == 401

        await until(is_refused, within=SOON)
    assert (await client.delete(f"{WEBHOOKS}/{webhook['id']}")).status_code == 204


async def test_a_receiver_in_python_verifies_the_signatures(data: Path, tmp_path: Path) -> None:
    program = (sys.executable, str(PROGRAMS / "receive_webhooks.py"))
    async with (
        serving(data, tmp_path / "log", **LOOPBACK) as server,
        server.client() as client,
    ):
        await expect_received(client, data, *program, folder=tmp_path)


async def test_a_receiver_in_node_verifies_the_signatures(data: Path, tmp_path: Path) -> None:
    with ExitStack() as stack:
        try:
            packages = stack.enter_context(node_packages.installed(PACKAGE))
        except (FileNotFoundError, subprocess.CalledProcessError) as error:
            pytest.skip(f"the package {PACKAGE} cannot be installed: {error}")
        shutil.copy(PROGRAMS / "receive_webhooks.mjs", packages.folder)
        program = packages.command("node", "receive_webhooks.mjs")
        async with (
            serving(data, tmp_path / "log", **LOOPBACK) as server,
            server.client() as client,
        ):
            await expect_received(client, data, *program, folder=packages.folder)
