"""The contract of every PasswordHasher: Argon2 and the fast one."""

import pytest
from argon2 import PasswordHasher as Argon2

from adapters.memory.password_hasher import MemoryPasswordHasher
from adapters.passwords.argon2_hasher import Argon2PasswordHasher
from application.ports.password_hasher import PasswordHasher, Verified

pytestmark = pytest.mark.anyio

CHEAP = Argon2(time_cost=1, memory_cost=64, parallelism=1)
DEARER = Argon2(time_cost=2, memory_cost=64, parallelism=1)
HASHERS = (MemoryPasswordHasher(), Argon2PasswordHasher(CHEAP))
PASSWORD = "correct hörse 🐴"  # noqa: S105

both = pytest.mark.parametrize("hasher", HASHERS, ids=lambda each: type(each).__name__)


@both
@pytest.mark.parametrize("password", [PASSWORD, " ", "\ud800", "a\0b", "x" * 1000])
async def test_a_password_matches_its_own_hash_alone(hasher: PasswordHasher, password: str) -> None:
    hashed = await hasher.hash(password)
    assert password not in hashed
    assert await hasher.verify(password, hashed) == Verified(matches=True)
    for wrong in (f"{password} ", password.upper() + "!", ""):
        assert await hasher.verify(wrong, hashed) == Verified(matches=False)


@both
async def test_every_hash_has_its_own_salt(hasher: PasswordHasher) -> None:
    assert await hasher.hash(PASSWORD) != await hasher.hash(PASSWORD)


@both
async def test_nothing_matches_no_hash(hasher: PasswordHasher) -> None:
    for password in (PASSWORD, ""):
        assert await hasher.verify(password, None) == Verified(matches=False)


async def test_a_hash_with_other_parameters_is_outdated() -> None:
    hashed = await Argon2PasswordHasher(CHEAP).hash(PASSWORD)
    assert await Argon2PasswordHasher(DEARER).verify(PASSWORD, hashed) == Verified(True, True)
    assert await Argon2PasswordHasher(DEARER).verify("wrong", hashed) == Verified(False)


async def test_a_name_without_a_user_costs_a_hash() -> None:
    counted = 0

    class Counting(Argon2):
        def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
            nonlocal counted
            counted += 1
            return super().hash(password, salt=salt)

    hasher = Argon2PasswordHasher(Counting(time_cost=1, memory_cost=64, parallelism=1))
    await hasher.verify(PASSWORD, None)
    assert counted == 1


async def test_the_hashes_of_the_service_are_argon2id_with_much_memory() -> None:
    hashed = await Argon2PasswordHasher().hash(PASSWORD)
    assert hashed.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
