"""Hash passwords with Argon2id in threads."""

from functools import cached_property
from typing import TYPE_CHECKING, Final

from application.concurrency.threads import Threads
from application.ports.password_hasher import Verified

if TYPE_CHECKING:
    from argon2 import PasswordHasher

_THREADS: Final = Threads("hashing passwords", 2)
"""Each hash takes 64 MiB and a tenth of a second of several cores."""


class Argon2PasswordHasher:
    """Hashes with the parameters of RFC 9106 for machines with little memory.

    The parameters are part of each hash, so that older ones are recognised. The library is imported
    by the first hash.
    """

    def __init__(self, hasher: "PasswordHasher | None" = None) -> None:
        """Take other parameters, for tests."""
        self._own_hasher = hasher

    async def hash(self, password: str) -> str:
        """See `application.ports.password_hasher.PasswordHasher`."""
        return await _THREADS.run(lambda: self._hasher.hash(_bytes(password)))

    async def verify(self, password: str, password_hash: str | None) -> Verified:
        """See `application.ports.password_hasher.PasswordHasher`."""
        return await _THREADS.run(lambda: self._verify(password, password_hash))

    def _verify(self, password: str, password_hash: str | None) -> Verified:
        from argon2.exceptions import VerificationError

        if password_hash is None:
            self._hasher.hash(_bytes(password))
            return Verified(matches=False)
        try:
            self._hasher.verify(password_hash, _bytes(password))
        except VerificationError:
            return Verified(matches=False)
        return Verified(matches=True, outdated=self._hasher.check_needs_rehash(password_hash))

    @cached_property
    def _hasher(self) -> "PasswordHasher":
        if self._own_hasher is not None:
            return self._own_hasher
        from argon2 import PasswordHasher

        return PasswordHasher()


def _bytes(password: str) -> bytes:
    # JSON can contain lone surrogates, which are no UTF-8.
    return password.encode(errors="surrogatepass")
