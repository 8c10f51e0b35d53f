"""The contracts of the stores of accounts: memory and each real database."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import msgspec
import pytest
from sqlalchemy import select

from adapters.database.engine import open_database
from adapters.database.tables import LoginRow
from application.ports.signing_keys import SigningKey
from domain.accounts.errors import (
    KeyNotFound,
    RegistrationClosed,
    TokenRejected,
    TokenReused,
    UserNotFound,
    UserTaken,
)
from domain.accounts.users import ApiKey, Role, Scope, User
from tests.contracts.accounts import Accounts, opened
from tests.contracts.test_plans import faults, plan_of, statements

pytestmark = pytest.mark.anyio

LIFE = timedelta(days=30)
OVER = timedelta(hours=-1)
WINDOW = timedelta(minutes=15)
UNSTORABLE = ("a\0b", "\ud800")


@pytest.fixture
async def accounts(database_url: str | None) -> AsyncGenerator[Accounts]:
    async with opened(database_url) as stores:
        yield stores


def user(name: str = "Ana", user_id: str = "ana", **fields: object) -> User:
    return msgspec.structs.replace(User(id=user_id, name=name), **fields)


async def test_a_user_is_read_by_id_and_by_name_in_any_case(accounts: Accounts) -> None:
    added = user("Ána É@x", role=Role.ADMIN, password_hash="$argon2id$é", disabled=True)  # noqa: S106
    await accounts.users.add(added)
    assert await accounts.users.get("ana") == added
    assert await accounts.users.named(" áNA é@X ") == added


@pytest.mark.parametrize("wrong", ["nobody", "", *UNSTORABLE])
async def test_a_user_there_is_not_is_not_found(accounts: Accounts, wrong: str) -> None:
    await accounts.users.add(user())
    with pytest.raises(UserNotFound):
        await accounts.users.get(wrong)
    with pytest.raises(UserNotFound):
        await accounts.users.named(wrong)
    with pytest.raises(UserNotFound):
        await accounts.users.update(wrong, lambda before: before)


async def test_an_id_and_a_name_are_taken_once(accounts: Accounts) -> None:
    await accounts.users.add(first := user())
    for rival in (user("Other"), user("ANA", "other")):
        with pytest.raises(UserTaken):
            await accounts.users.add(rival)
    assert await accounts.users.get("ana") == first
    with pytest.raises(UserNotFound):
        await accounts.users.get("other")


async def test_of_many_who_register_one_name_at_once_one_wins(accounts: Accounts) -> None:
    rivals = [user(f"{'Ana' if n % 2 else 'aNA'}", f"ana-{n}") for n in range(12)]
    results = await asyncio.gather(*map(accounts.users.add, rivals), return_exceptions=True)
    assert sum(isinstance(each, UserTaken) for each in results) == 11
    assert await accounts.users.named("ana") == rivals[results.index(None)]


async def test_of_many_first_users_at_once_one_is_first(accounts: Accounts) -> None:
    rivals = [user(f"user {n}", f"user-{n}") for n in range(12)]
    race = [accounts.users.add(each, first=True) for each in rivals]
    results = await asyncio.gather(*race, return_exceptions=True)
    assert sum(isinstance(each, RegistrationClosed) for each in results) == 11
    assert results.count(None) == 1
    await accounts.users.add(user("later", "later"))


async def test_every_change_of_a_user_sees_the_one_before(accounts: Accounts) -> None:
    await accounts.users.add(user(password_hash=""))

    def longer(before: User) -> User:
        return msgspec.structs.replace(before, password_hash=f"{before.password_hash}x")

    await asyncio.gather(*(accounts.users.update("ana", longer) for _ in range(12)))
    assert (await accounts.users.get("ana")).password_hash == 12 * "x"


async def test_a_log_in_is_live_until_it_ends(accounts: Accounts) -> None:
    await accounts.users.add(ana := user())
    login = uuid4()
    started = await accounts.logins.start(login, "ana", "one", LIFE)
    assert started.user == ana
    assert started.now.utcoffset() == timedelta()
    live = await accounts.logins.live(login)
    assert live is not None
    assert live.now >= started.now
    await accounts.logins.revoke(login)
    await accounts.logins.revoke(uuid4())
    assert await accounts.logins.live(login) is None
    with pytest.raises(TokenRejected) as refused:
        await accounts.logins.exchange(login, "one", "two", LIFE)
    assert not isinstance(refused.value, TokenReused)


@pytest.mark.parametrize("wrong", ["nobody", "off", *UNSTORABLE])
async def test_nobody_logs_in_who_is_unknown_or_disabled(accounts: Accounts, wrong: str) -> None:
    await accounts.users.add(user("off", "off", disabled=True))
    login = uuid4()
    with pytest.raises(TokenRejected):
        await accounts.logins.start(login, wrong, "one", LIFE)
    assert await accounts.logins.live(login) is None
    await accounts.logins.revoke_all(wrong)


async def test_a_disabled_user_has_no_live_log_in(accounts: Accounts) -> None:
    await accounts.users.add(user())
    await accounts.logins.start(login := uuid4(), "ana", "one", LIFE)
    await accounts.users.update("ana", lambda u: msgspec.structs.replace(u, disabled=True))
    assert await accounts.logins.live(login) is None
    with pytest.raises(TokenRejected):
        await accounts.logins.exchange(login, "one", "two", LIFE)


async def test_an_expired_log_in_is_not_live_and_a_use_sets_a_new_end(
    accounts: Accounts,
) -> None:
    await accounts.users.add(user())
    await accounts.logins.start(expired := uuid4(), "ana", "one", OVER)
    assert await accounts.logins.live(expired) is None
    with pytest.raises(TokenRejected):
        await accounts.logins.exchange(expired, "one", "two", LIFE)
    await accounts.logins.start(used := uuid4(), "ana", "one", LIFE)
    await accounts.logins.exchange(used, "one", "two", timedelta(seconds=0.2))
    begun = asyncio.get_running_loop().time()
    while await accounts.logins.live(used):
        assert asyncio.get_running_loop().time() - begun < 30


async def test_a_refresh_token_that_is_used_twice_ends_its_log_in(accounts: Accounts) -> None:
    await accounts.users.add(user())
    await accounts.logins.start(login := uuid4(), "ana", "one", LIFE)
    await accounts.logins.start(other := uuid4(), "ana", "one", LIFE)
    await accounts.logins.exchange(login, "one", "two", LIFE)
    with pytest.raises(TokenReused):
        await accounts.logins.exchange(login, "one", "three", LIFE)
    assert await accounts.logins.live(login) is None
    with pytest.raises(TokenRejected):
        await accounts.logins.exchange(login, "two", "three", LIFE)
    assert await accounts.logins.live(other) is not None


async def test_of_one_refresh_token_used_many_times_at_once_one_use_counts_and_all_ends(
    accounts: Accounts,
) -> None:
    await accounts.users.add(user())
    await accounts.logins.start(login := uuid4(), "ana", "one", LIFE)
    race = [accounts.logins.exchange(login, "one", f"new {n}", LIFE) for n in range(12)]
    results = await asyncio.gather(*race, return_exceptions=True)
    assert any(isinstance(each, TokenReused) for each in results)
    assert sum(isinstance(each, TokenRejected) for each in results) == 11
    assert await accounts.logins.live(login) is None


async def test_no_token_survives_a_revocation_at_the_same_time(accounts: Accounts) -> None:
    await accounts.users.add(user())
    for _ in range(8):
        await accounts.logins.start(login := uuid4(), "ana", "one", LIFE)
        await asyncio.gather(
            accounts.logins.exchange(login, "one", "two", LIFE),
            accounts.logins.revoke(login),
            return_exceptions=True,
        )
        assert await accounts.logins.live(login) is None


async def test_all_log_ins_of_one_user_end_together(accounts: Accounts) -> None:
    await accounts.users.add(user())
    await accounts.users.add(user("Bruno", "bruno"))
    mine = [uuid4(), uuid4()]
    for each in mine:
        await accounts.logins.start(each, "ana", "one", LIFE)
    await accounts.logins.start(other := uuid4(), "bruno", "one", LIFE)
    await accounts.logins.revoke_all("ana")
    assert [await accounts.logins.live(each) for each in mine] == [None, None]
    assert await accounts.logins.live(other) is not None


async def added_key(
    accounts: Accounts, digest: str = "digest", life: timedelta | None = None, owner: str = "ana"
) -> ApiKey:
    scopes = (Scope.READ, Scope.MAKE)
    return await accounts.api_keys.add(uuid4(), owner, "É", "bbk_1", digest, scopes, life)


async def test_a_key_is_used_until_it_is_revoked(accounts: Accounts) -> None:
    await accounts.users.add(ana := user())
    added = await added_key(accounts, life=LIFE)
    assert (added.expires_at or added.created_at) - added.created_at == pytest.approx(
        LIFE, abs=timedelta(seconds=1)
    )
    assert added.last_used_at is None
    assert await accounts.api_keys.of_user("ana") == (added,)
    used = await accounts.api_keys.use("digest")
    assert used is not None
    assert (used[0].id, used[0].scopes, used[1]) == (added.id, (Scope.READ, Scope.MAKE), ana)
    [noted] = await accounts.api_keys.of_user("ana")
    assert noted.last_used_at is not None
    assert noted.last_used_at >= added.created_at
    await accounts.api_keys.revoke(added.id, "ana")
    assert await accounts.api_keys.use("digest") is None
    assert await accounts.api_keys.of_user("ana") == ()
    with pytest.raises(KeyNotFound):
        await accounts.api_keys.revoke(added.id)


async def test_a_key_of_somebody_else_is_not_found(accounts: Accounts) -> None:
    await accounts.users.add(user())
    added = await added_key(accounts)
    for unknown in (added.id, uuid4()):
        with pytest.raises(KeyNotFound):
            await accounts.api_keys.revoke(unknown, "bruno")
    assert await accounts.api_keys.use("digest") is not None
    assert await accounts.api_keys.of_user("bruno") == ()
    await accounts.api_keys.revoke(added.id)


async def test_a_key_is_refused_when_it_expires_or_its_user_is_disabled(
    accounts: Accounts,
) -> None:
    await accounts.users.add(user())
    await added_key(accounts, "expired", OVER)
    await added_key(accounts, "orphan", owner="nobody")
    await added_key(accounts, "valid")
    assert await accounts.api_keys.use("expired") is None
    assert await accounts.api_keys.use("orphan") is None
    assert await accounts.api_keys.use("valid") is not None
    await accounts.users.update("ana", lambda u: msgspec.structs.replace(u, disabled=True))
    assert await accounts.api_keys.use("valid") is None
    assert len(await accounts.api_keys.of_user("ana")) == 2
    for wrong in UNSTORABLE:
        assert await accounts.api_keys.of_user(wrong) == ()


async def test_of_many_attempts_at_once_each_has_its_number(accounts: Accounts) -> None:
    race = [accounts.attempts.count("a", WINDOW) for _ in range(24)]
    counted = await asyncio.gather(*race)
    assert sorted(each.number for each in counted) == list(range(1, 25))
    assert all(timedelta() < each.left <= WINDOW for each in counted)
    assert (await accounts.attempts.count("b", WINDOW)).number == 1


async def test_an_attempt_is_taken_back(accounts: Accounts) -> None:
    await accounts.attempts.take_back("a")
    for _ in range(3):
        await accounts.attempts.count("a", WINDOW)
    await accounts.attempts.take_back("a")
    assert (await accounts.attempts.count("a", WINDOW)).number == 3
    for _ in range(9):
        await accounts.attempts.take_back("a")
    assert (await accounts.attempts.count("a", WINDOW)).number == 1


@pytest.mark.parametrize("key", ["", "a" * 9000, *UNSTORABLE])
async def test_anything_can_be_counted(accounts: Accounts, key: str) -> None:
    for number in (1, 2):
        assert (await accounts.attempts.count(key, WINDOW)).number == number


async def test_a_window_ends_and_is_forgotten(accounts: Accounts) -> None:
    await accounts.attempts.count("a", WINDOW)
    await accounts.attempts.count("a", WINDOW)
    await accounts.attempts.prune(WINDOW)
    assert (await accounts.attempts.count("a", WINDOW)).number == 3
    assert (await accounts.attempts.count("a", timedelta())).number == 1
    assert (await accounts.attempts.count("a", WINDOW)).number == 2
    await accounts.attempts.prune(timedelta())
    assert (await accounts.attempts.count("a", WINDOW)).number == 1


async def test_the_newest_key_signs_and_the_others_retire(accounts: Accounts) -> None:
    keys = [SigningKey(id=f"key {n}", secret=f"secret {n}") for n in range(3)]
    assert await accounts.signing_keys.valid() == ()
    await accounts.signing_keys.add(keys[0], LIFE)
    assert await accounts.signing_keys.valid() == (keys[0],)
    await accounts.signing_keys.add(keys[1], LIFE)
    assert await accounts.signing_keys.valid() == (keys[1], keys[0])
    await accounts.signing_keys.add(keys[2], OVER)
    assert await accounts.signing_keys.valid() == (keys[2], keys[0])
    assert "secret" not in repr(keys)


async def test_keys_added_at_once_are_all_accepted(accounts: Accounts) -> None:
    keys = [SigningKey(id=f"key {n}", secret=f"secret {n}") for n in range(6)]
    await asyncio.gather(*(accounts.signing_keys.add(each, LIFE) for each in keys))
    valid = await accounts.signing_keys.valid()
    assert {each.id for each in valid} == {each.id for each in keys}
    assert await accounts.signing_keys.valid() == valid


async def test_what_a_database_keeps_is_there_for_the_next_process(sqlite_url: str) -> None:
    login = UUID(int=3)
    async with opened(sqlite_url) as first:
        await first.users.add(user())
        await first.logins.start(login, "ana", "one", LIFE)
        await first.attempts.count("a", WINDOW)
    async with opened(sqlite_url) as second:
        live = await second.logins.live(login)
        assert live is not None
        assert abs(live.now - datetime.now(UTC)) < timedelta(minutes=1)
        assert (await second.attempts.count("a", WINDOW)).number == 2


async def test_a_caller_is_found_by_keys_of_the_tables(sqlite_url: str) -> None:
    async with opened(sqlite_url) as accounts, open_database(sqlite_url) as database:
        await accounts.users.add(user())
        await accounts.logins.start(login := uuid4(), "ana", "one", LIFE)
        await added_key(accounts)
        with statements() as statement_list:
            await accounts.users.named("ana")
            await accounts.logins.live(login)
            await accounts.api_keys.use("digest")
            await accounts.api_keys.use("digest")
            await accounts.api_keys.of_user("ana")
            await accounts.attempts.count("a", WINDOW)
        assert [each[0].split()[0] for each in statement_list] == [
            *("SELECT", "SELECT", "SELECT", "UPDATE", "SELECT", "SELECT"),
            *("UPDATE", "INSERT"),
        ]
        for statement, parameters in statement_list[:-1]:
            plan = await plan_of(database, statement, parameters)
            ordered = "ORDER BY" in statement
            assert [each for each in faults(plan) if not ordered] == [], plan


async def test_the_old_log_ins_of_a_user_are_removed_by_the_next(sqlite_url: str) -> None:
    async with opened(sqlite_url) as accounts, open_database(sqlite_url) as database:
        await accounts.users.add(user())
        await accounts.logins.start(revoked := uuid4(), "ana", "one", LIFE)
        await accounts.logins.revoke(revoked)
        await accounts.logins.start(valid := uuid4(), "ana", "one", LIFE)
        await accounts.logins.start(expired := uuid4(), "ana", "one", OVER)
        await accounts.logins.start(newest := uuid4(), "ana", "one", LIFE)
        rows = await database.read(select(LoginRow.id))
    assert {row.id for row in rows} == {valid, newest}
    assert expired not in {row.id for row in rows}
