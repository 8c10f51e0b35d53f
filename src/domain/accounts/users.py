"""Users, and callers with the scopes that a role or an API key gives them."""

import unicodedata
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

import msgspec

from domain.accounts.errors import Forbidden
from domain.shared import paths


class Role(StrEnum):
    """The role of a user: an administrator may also change the library."""

    USER = "user"
    ADMIN = "admin"


class Scope(StrEnum):
    """A kind of requests: reading, making films, changing what all users share."""

    READ = "read"
    MAKE = "make"
    ADMIN = "admin"


SCOPES: Final[Mapping[Role, frozenset[Scope]]] = {
    Role.USER: frozenset({Scope.READ, Scope.MAKE}),
    Role.ADMIN: frozenset(Scope),
}
"""The scopes of each role."""

_NEEDED: Final[Mapping[Scope, str]] = {
    Scope.READ: "This needs an API key with the scope `read`.",
    Scope.MAKE: "This needs an API key with the scope `make`.",
    Scope.ADMIN: "Only an administrator may change what all users share, "
    "with a token or an API key of the scope `admin`.",
}


class User(msgspec.Struct, frozen=True, kw_only=True):
    """A person or a program with an account."""

    id: str
    """Part of the storage paths of the user's films; it never changes."""
    name: str
    """A name or an e-mail address; case makes no difference."""
    role: Role = Role.USER
    password_hash: str | None = None
    """Without one, the user cannot log in."""
    disabled: bool = False

    @property
    def folded_name(self) -> str:
        """The name by which users are found."""
        return folded(self.name)


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """The user who sends a request, and what the request may do."""

    user_id: str
    name: str
    role: Role
    scopes: frozenset[Scope]
    login_id: UUID | None = None
    """The log-in of its token; None for an API key."""

    def require(self, scope: Scope) -> None:
        """Raise `Forbidden` for a caller without this scope."""
        if scope not in self.scopes:
            raise Forbidden(_NEEDED[scope])


class ApiKey(msgspec.Struct, frozen=True, kw_only=True):
    """A secret of a program that acts for a user; only its digest is stored."""

    id: UUID
    user_id: str
    name: str
    prefix: str
    """The beginning of the key, by which people recognise it."""
    scopes: tuple[Scope, ...]
    created_at: datetime
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
    """Within a minute."""


LOCAL: Final = Caller(
    user_id=paths.LOCAL_USER,
    name=paths.LOCAL_USER,
    role=Role.ADMIN,
    scopes=SCOPES[Role.ADMIN],
)
"""The caller of every request of a service without accounts."""


def folded(name: str) -> str:
    """Return the form of a name by which it is compared: without differences of case, of Unicode
    composition, and of spaces around it.
    """
    # Casefolding can leave characters that are composed again.
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold()).strip()


def caller_of(user: User, login_id: UUID) -> Caller:
    """Return the caller of a token."""
    return Caller(
        user_id=user.id,
        name=user.name,
        role=user.role,
        scopes=SCOPES[user.role],
        login_id=login_id,
    )


def caller_by_key(user: User, scopes: Iterable[Scope]) -> Caller:
    """Return the caller of an API key: its scopes, as far as the user's role still has them."""
    granted = SCOPES[user.role].intersection(scopes)
    return Caller(user_id=user.id, name=user.name, role=user.role, scopes=granted)
