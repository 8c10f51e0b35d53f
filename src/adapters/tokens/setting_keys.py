"""Signing keys from a setting."""

import hashlib
from collections.abc import Sequence
from datetime import timedelta

from application.ports.signing_keys import SigningKey
from domain.shared.errors import Refused


class SettingSigningKeys:
    """The secrets of `BACHATA_TOKEN_SECRETS`: the first signs, all are accepted."""

    def __init__(self, secrets: Sequence[str]) -> None:
        """Take the secrets, the newest first."""
        self._keys = tuple(SigningKey(id=_id(each), secret=each) for each in secrets)

    async def valid(self) -> tuple[SigningKey, ...]:
        """See `application.ports.signing_keys.SigningKeys`."""
        return self._keys

    async def add(self, key: SigningKey, overlap: timedelta) -> None:
        """Raise `Refused`, because the operator changes the setting."""
        raise Refused(
            "The secrets of tokens are a setting here: put a new one first in "
            "BACHATA_TOKEN_SECRETS, and take the old one out a quarter of an hour later."
        )


def _id(secret: str) -> str:
    return hashlib.sha256(f"key id {secret}".encode()).hexdigest()[:16]
