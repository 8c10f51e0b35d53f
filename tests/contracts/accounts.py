"""The stores of accounts, together: in memory and on each real database."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from adapters.database.api_keys import SqlApiKeys
from adapters.database.attempts import SqlAttemptCounter
from adapters.database.engine import open_database
from adapters.database.logins import SqlLogins
from adapters.database.signing_keys import SqlSigningKeys
from adapters.database.users import SqlUserRepository
from adapters.memory.api_keys import MemoryApiKeys
from adapters.memory.attempts import MemoryAttemptCounter
from adapters.memory.logins import MemoryLogins
from adapters.memory.signing_keys import MemorySigningKeys
from adapters.memory.users import MemoryUserRepository
from application.ports.api_keys import ApiKeys
from application.ports.attempts import AttemptCounter
from application.ports.logins import Logins
from application.ports.signing_keys import SigningKeys
from application.ports.users import UserRepository


@dataclass(frozen=True)
class Accounts:
    """The stores of one service."""

    users: UserRepository
    logins: Logins
    api_keys: ApiKeys
    attempts: AttemptCounter
    signing_keys: SigningKeys


def memory_accounts() -> Accounts:
    """Return empty stores in memory."""
    users = MemoryUserRepository()
    return Accounts(
        users,
        MemoryLogins(users),
        MemoryApiKeys(users),
        MemoryAttemptCounter(),
        MemorySigningKeys(),
    )


@asynccontextmanager
async def opened(url: str | None) -> AsyncGenerator[Accounts]:
    """Open the stores of a database; those in memory without one."""
    if url is None:
        yield memory_accounts()
        return
    async with open_database(url) as database:
        yield Accounts(
            SqlUserRepository(database),
            SqlLogins(database),
            SqlApiKeys(database),
            SqlAttemptCounter(database),
            SqlSigningKeys(database),
        )
