"""The commands that manage users and API keys, over ports in memory."""

import asyncio
import json
import re
from collections.abc import Generator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from domain.accounts.users import Role, User
from domain.rendering.assembly import Assembly, State
from domain.shared.paths import film
from entrypoints.settings import Settings
from tests.api.memory_backend import MemoryBackend
from tests.world.commands import Run, Said, commands_over

PASSWORD = "correct horse battery"  # noqa: S105
ANOTHER = "another long one"


@pytest.fixture
def backend(tmp_path: Path) -> MemoryBackend:
    return MemoryBackend(tmp_path / "backend", Settings(allowed_hosts="backend", auth="on"))


@pytest.fixture
def run(
    backend: MemoryBackend, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Generator[Run]:
    """Runs a command as from a shell, with a password on its standard input."""

    with commands_over(backend, monkeypatch, capsys) as shell:

        def command(*words: object, password: str = PASSWORD) -> Said:
            result = shell(*words, stdin=f"{password}\n".encode())
            assert not password or password not in result.out + result.err
            return result

        yield command


def answer_of(backend: MemoryBackend, method: str, address: str, **options: Any) -> httpx.Response:
    """Return the answer of a running service with the same accounts."""

    async def ask() -> httpx.Response:
        async with backend.client() as client:
            return await client.request(method, address, **options)

    return asyncio.run(ask())


def token(backend: MemoryBackend, name: str, password: str = PASSWORD) -> httpx.Response:
    return answer_of(backend, "POST", "/api/auth/token", json={"name": name, "password": password})


def test_a_user_is_added_and_logs_in(run: Run, backend: MemoryBackend) -> None:
    assert run("users", "add", "ana@example.org").status == 0
    assert run("users", "add", "root", "--admin").status == 0
    ana, root = backend.users.users.values()
    assert (ana.role, root.role) == (Role.USER, Role.ADMIN)
    assert token(backend, "ANA@example.org").status_code == 200
    assert token(backend, "ana@example.org", "wrong").status_code == 401
    again = run("users", "add", "Ana@Example.org")
    assert again.status == 1
    assert "exists already" in again.err


@pytest.mark.parametrize("user_id", ["user_1", "local"])
def test_a_user_takes_over_the_films_of_an_id(
    run: Run, backend: MemoryBackend, user_id: str
) -> None:
    assert run("users", "add", "ana", "--id", user_id).status == 0
    assert list(backend.users.users) == [user_id]
    assert run("users", "add", "bruno", "--id", user_id).status == 1
    for wrong in ("", "A", "a/b", "..", "-a", "a" * 65):
        result = run("users", "add", "bruno", f"--id={wrong}")
        assert result.status == 1
        assert "64 lower-case letters" in result.err


def film_of(backend: MemoryBackend, owner: str) -> UUID:
    """Put a film of an owner on record and into the storage."""
    task_id, now = uuid4(), backend.ports.clock.now()
    path = film(owner, task_id)
    backend.storage.objects[path] = b"film"
    task = Assembly(
        task_id=task_id,
        owner=owner,
        created_at=now,
        updated_at=now,
        state=State.COMPLETED,
        output_path=path,
    )
    asyncio.run(backend.tasks.add(task))
    return task_id


def test_who_takes_over_an_id_watches_its_films_and_nobody_else(
    run: Run, backend: MemoryBackend
) -> None:
    """As after `migrate-seed`, whose users are disabled and have no password."""
    films = {owner: film_of(backend, owner) for owner in ("user_1", "local")}
    asyncio.run(backend.users.add(User(id="user_1", name="user_1", disabled=True)))
    assert token(backend, "user_1").status_code == 401
    assert "disabled" in run("users", "passwd", "user_1").err
    assert token(backend, "user_1").status_code == 401
    run("users", "enable", "user_1")
    run("users", "add", "ana", "--admin", "--id", "local")
    for name, mine, other in (("user_1", "user_1", "local"), ("ana", "local", "user_1")):
        header = {"Authorization": f"Bearer {token(backend, name).json()['access_token']}"}
        for owner, status in ((mine, 200), (other, 404)):
            address = f"/api/videos/{films[owner]}/stream"
            assert answer_of(backend, "GET", address, headers=header).status_code == status


def test_a_short_password_is_refused(run: Run, backend: MemoryBackend) -> None:
    for password in ("", "short", "x" * 1001):
        result = run("users", "add", "ana", password=password)
        assert (result.status, backend.users.users) == (1, {})
    assert "password" in result.err


def test_a_new_password_ends_all_log_ins(run: Run, backend: MemoryBackend) -> None:
    run("users", "add", "ana")
    old = token(backend, "ana").json()
    assert run("users", "passwd", "ANA", password=ANOTHER).status == 0
    assert token(backend, "ana").status_code == 401
    assert token(backend, "ana", ANOTHER).status_code == 200
    header = {"Authorization": f"Bearer {old['access_token']}"}
    assert answer_of(backend, "GET", "/api/auth/me", headers=header).status_code == 401
    assert run("users", "passwd", "nobody").status == 1


def test_a_disabled_user_is_refused_until_enabled(run: Run, backend: MemoryBackend) -> None:
    run("users", "add", "ana")
    header = {"Authorization": f"Bearer {token(backend, 'ana').json()['access_token']}"}
    assert run("users", "disable", "ana").status == 0
    assert answer_of(backend, "GET", "/api/auth/me", headers=header).status_code == 401
    assert token(backend, "ana").status_code == 401
    assert run("users", "enable", "ana").status == 0
    assert token(backend, "ana").status_code == 200
    assert answer_of(backend, "GET", "/api/auth/me", headers=header).status_code == 401


def test_a_key_is_created_listed_and_revoked(run: Run, backend: MemoryBackend) -> None:
    run("users", "add", "ana")
    result = run("keys", "create", "Ana", "--name", "[bold] é", "--scope", "read", "--days", 3)
    key = result.out.strip()
    assert re.fullmatch(r"bbk_\w+_[\w-]+", key)
    me = answer_of(backend, "GET", "/api/auth/me", headers={"X-API-Key": key}).json()
    assert (me["name"], me["scopes"]) == ("ana", ["read"])
    listing = run("keys", "list", "ana").out
    assert "[bold] é" in listing
    assert key not in listing
    [listed] = json.loads(run("keys", "list", "ana", "--json").out)
    assert listed["prefix"] == key[:12]
    assert run("keys", "revoke", listed["id"]).status == 0
    assert run("keys", "revoke", listed["id"]).status == 1
    refused = answer_of(backend, "GET", "/api/auth/me", headers={"X-API-Key": key})
    assert refused.status_code == 401
    assert json.loads(run("keys", "list", "ana", "--json").out) == []


def test_a_key_has_no_scope_that_its_user_does_not_have(run: Run, backend: MemoryBackend) -> None:
    run("users", "add", "ana")
    run("users", "add", "root", "--admin")
    refused = run("keys", "create", "ana", "--name", "k", "--scope", "admin")
    assert refused.status == 1
    result = run("keys", "create", "root", "--name", "k", "--scope", "admin", "--json")
    assert json.loads(result.out)["api_key"]["scopes"] == ["admin"]
    for words in (("nobody", "--name", "k"), ("ana", "--name", ""), ("ana", "--name", "a\x1b[2J")):
        assert run("keys", "create", *words).status == 1


def test_a_new_secret_signs_and_the_old_one_is_accepted(run: Run, backend: MemoryBackend) -> None:
    run("users", "add", "ana")
    old = token(backend, "ana").json()["access_token"]
    assert run("keys", "rotate").status == 0
    new = token(backend, "ana").json()["access_token"]
    assert old.split(".")[0] != new.split(".")[0]
    for each in (old, new):
        header = {"Authorization": f"Bearer {each}"}
        assert answer_of(backend, "GET", "/api/auth/me", headers=header).status_code == 200
