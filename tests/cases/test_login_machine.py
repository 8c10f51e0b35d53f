"""Whatever people do with refresh tokens, each log-in has one that works, or none any more."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from adapters.memory.api_keys import MemoryApiKeys
from adapters.memory.attempts import MemoryAttemptCounter
from adapters.memory.logins import MemoryLogins
from adapters.memory.password_hasher import MemoryPasswordHasher
from adapters.memory.signing_keys import MemorySigningKeys
from adapters.memory.token_signer import MemoryTokenSigner
from adapters.memory.users import MemoryUserRepository
from application.accounts.access_tokens import AccessTokens
from application.accounts.attempt_limits import AttemptLimits
from application.accounts.authenticate import Authenticate
from application.accounts.log_in import LogIn, LogOut, RefreshTokens, TokenPair
from application.accounts.manage_users import AddUser, DisableUser, SetPassword
from domain.accounts.errors import NotAuthenticated, TokenRejected, TokenReused, WrongCredentials
from domain.accounts.rules import Credentials, Registration

T = TypeVar("T")

NAMES = st.sampled_from(["ana", "bruno"])
PASSWORD = "correct horse battery"  # noqa: S105


class LoginMachine(RuleBasedStateMachine):
    """Users log in, refresh, reuse, log out, are disabled and enabled."""

    pairs = Bundle("pairs")

    def __init__(self) -> None:
        super().__init__()
        users = MemoryUserRepository()
        logins = MemoryLogins(users)
        hasher = MemoryPasswordHasher()
        tokens = AccessTokens(MemorySigningKeys(), MemoryTokenSigner())
        limits = AttemptLimits(MemoryAttemptCounter())
        self.log_in = LogIn(users, logins, hasher, tokens, limits)
        self.refresh = RefreshTokens(logins, tokens)
        self.log_out = LogOut(logins)
        self.disable = DisableUser(users, logins)
        self.set_password = SetPassword(users, logins, hasher)
        self.authenticate = Authenticate(logins, MemoryApiKeys(users), tokens, is_on=True)
        for name in ("ana", "bruno"):
            run(AddUser(users, hasher)(Registration(name, PASSWORD)))
        self.newest: dict[str, TokenPair] = {}
        """The newest pair of each log-in that has not ended, by the log-in's id."""
        self.owners: dict[str, str] = {}
        self.disabled: set[str] = set()

    @rule(target=pairs, name=NAMES)
    def someone_logs_in(self, name: str) -> TokenPair:
        try:
            pair = run(self.log_in(Credentials(name, PASSWORD), "address"))
        except WrongCredentials:
            assert name in self.disabled
            return TokenPair(access_token="", refresh_token="")
        assert name not in self.disabled
        self.newest[login_of(pair)] = pair
        self.owners[login_of(pair)] = name
        return pair

    @rule(target=pairs, pair=pairs)
    def someone_refreshes(self, pair: TokenPair) -> TokenPair:
        login = login_of(pair)
        newest = self.newest.get(login)
        try:
            new = run(self.refresh(pair.refresh_token))
        except TokenReused:
            assert newest is not None
            assert newest != pair
            del self.newest[login]
            return pair
        except TokenRejected:
            assert newest is None
            return pair
        assert newest == pair
        self.newest[login] = new
        return new

    @rule(pair=consumes(pairs))
    def someone_logs_out(self, pair: TokenPair) -> None:
        run(self.log_out(pair.refresh_token))
        self.newest.pop(login_of(pair), None)

    @rule(name=NAMES, disabled=st.booleans())
    def an_operator_disables_or_enables(self, name: str, disabled: bool) -> None:
        run(self.disable(name, disabled=disabled))
        if disabled:
            self.disabled.add(name)
            self._end_all(name)
        else:
            self.disabled.discard(name)

    @rule(name=NAMES)
    def an_operator_sets_the_password(self, name: str) -> None:
        run(self.set_password(Registration(name, PASSWORD)))
        self._end_all(name)

    @rule(pair=pairs)
    def someone_asks(self, pair: TokenPair) -> None:
        login = login_of(pair)
        try:
            caller = run(self.authenticate(pair.access_token, None))
        except NotAuthenticated:
            assert login not in self.newest
            return
        assert caller.name == self.owners[login]
        assert login in self.newest

    @invariant()
    def nobody_disabled_is_logged_in(self) -> None:
        assert {self.owners[each] for each in self.newest}.isdisjoint(self.disabled)

    def _end_all(self, name: str) -> None:
        self.newest = {each: p for each, p in self.newest.items() if self.owners[each] != name}


def login_of(pair: TokenPair) -> str:
    """Return the id of the log-in of a pair."""
    return pair.refresh_token[:36]


def run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)


LoginMachine.TestCase.settings = settings(max_examples=100, stateful_step_count=15, deadline=None)
test_log_ins = LoginMachine.TestCase
