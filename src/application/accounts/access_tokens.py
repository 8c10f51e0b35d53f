"""Issue access tokens, and read them."""

import secrets
import time
from typing import Final
from uuid import UUID

from application.ports.logins import LiveLogin
from application.ports.signing_keys import SigningKey, SigningKeys
from application.ports.token_signer import AccessClaims, TokenSigner
from domain.accounts.errors import TokenRejected
from domain.accounts.rules import ACCESS_LIFE

_FRESH: Final = 60.0
"""Seconds for which the signing keys are not read again."""
_PAUSE: Final = 0.05
"""Seconds between two reads for tokens with unknown keys, which anybody can invent."""
OVERLAP: Final = 2 * ACCESS_LIFE
"""Time for which replaced keys are accepted: the life of their last token, and to spare."""


def new_signing_key() -> SigningKey:
    """Return a key with 256 random bits."""
    return SigningKey(id=secrets.token_hex(8), secret=secrets.token_urlsafe(32))


class AccessTokens:
    """Signs and reads tokens with the service's keys; it makes the first key itself."""

    def __init__(self, signing_keys: SigningKeys, signer: TokenSigner) -> None:
        """Take the ports."""
        self._signing_keys = signing_keys
        self._signer = signer
        self._cached_keys: tuple[SigningKey, ...] = ()
        self._read_at = 0.0

    async def issue(self, login_id: UUID, live: LiveLogin) -> str:
        """Return a token for a log-in; its times are by the clock of the log-ins' store."""
        claims = AccessClaims(
            user_id=live.user.id,
            login_id=login_id,
            issued_at=live.now,
            expires_at=live.now + ACCESS_LIFE,
        )
        return self._signer.sign(claims, (await self._keys())[0])

    async def read(self, token: str) -> AccessClaims:
        """Return the claims, expired or not; raises `TokenRejected`."""
        key_id = self._signer.key_id(token)
        if key_id is None:
            raise TokenRejected
        for anew in (False, True):
            for key in await self._keys(anew=anew):
                if key.id == key_id:
                    return self._signer.read(token, key)
            if self._age() < _PAUSE:
                break
        raise TokenRejected

    async def _keys(self, *, anew: bool = False) -> tuple[SigningKey, ...]:
        """Return the valid keys, the newest first."""
        if self._cached_keys and not anew and self._age() < _FRESH:
            return self._cached_keys
        keys = await self._signing_keys.valid()
        if not keys:
            # Two processes may both do this; the later key signs, and both are accepted.
            await self._signing_keys.add(new_signing_key(), OVERLAP)
            keys = await self._signing_keys.valid()
        self._cached_keys, self._read_at = keys, time.monotonic()
        return keys

    def _age(self) -> float:
        return time.monotonic() - self._read_at
