"""Accounts as they are used: commands, and two servers over one database."""

import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.journeys.server import COMMAND, Server, environment_of, serving
from tests.journeys.stores import Stores

pytestmark = pytest.mark.anyio

PASSWORD = "correct horse battery"  # noqa: S105
ANA = {"name": "ana@example.org", "password": PASSWORD}
ME = "/api/auth/me"
TOKEN = "/api/auth/token"  # noqa: S105


def command(data: Path, environment: dict[str, str], *words: str) -> str:
    """Return the output of a command that gets a password on its standard input."""
    done = subprocess.run(
        [COMMAND, *words],
        env=environment_of(data, environment),
        input=f"{PASSWORD}\n".encode(),
        capture_output=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert PASSWORD.encode() not in done.stdout + done.stderr
    return done.stdout.decode().strip()


async def me(server: Server, headers: dict[str, str]) -> httpx.Response:
    async with server.client() as client:
        return await client.get(ME, headers=headers)


async def logged_in(server: Server, **fields: str) -> httpx.Response:
    async with server.client() as client:
        return await client.post(TOKEN, json={**ANA, **fields})


def bearer(tokens: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens['access_token']}"}


async def test_two_servers_know_the_same_callers_and_count_the_same_attempts(
    stores: Stores, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    environment = {**await stores.environment(data), "BACHATA_AUTH": "on"}
    command(data, environment, "users", "add", ANA["name"], "--admin", "--id", "user_1")
    key = command(data, environment, "keys", "create", ANA["name"], "--name", "journey")
    logs = [tmp_path / "one.log", tmp_path / "two.log"]
    async with (
        serving(data, logs[0], **environment) as one,
        serving(data, logs[1], **environment) as two,
    ):
        for server in (one, two):
            assert (await me(server, {})).status_code == 401
            assert (await me(server, {"X-API-Key": key})).json()["id"] == "user_1"
        tokens = (await logged_in(one)).json()
        assert tokens["access_token"].count(".") == 2
        for server in (one, two):
            assert (await me(server, bearer(tokens))).json()["role"] == "admin"
        rotated = command(data, environment, "keys", "rotate")
        assert rotated == ""
        async with two.client() as client:
            refresh = {"refresh_token": tokens["refresh_token"]}
            newer = (await client.post(f"{TOKEN}/refresh", json=refresh)).json()
        assert (await me(one, bearer(newer))).status_code == 200
        command(data, environment, "users", "disable", ANA["name"])
        for headers in (bearer(newer), {"X-API-Key": key}):
            assert (await me(one, headers)).status_code == 401
        statuses = [
            (await logged_in(server, password="wrong")).status_code  # noqa: S106
            for _ in range(6)
            for server in (one, two)
        ]
        assert statuses == [401] * 10 + [429] * 2
    text = logs[0].read_text() + logs[1].read_text()
    assert "user_1" in text
    hidden = (PASSWORD, key, *(tokens[each] for each in ("access_token", "refresh_token")))
    assert [each for each in hidden if each in text] == []
