"""Replace the key that signs access tokens."""

from application.accounts.access_tokens import OVERLAP, new_signing_key
from application.ports.signing_keys import SigningKeys


class RotateSecret:
    """Makes a new signing key; tokens of the old one are accepted until they expire."""

    def __init__(self, signing_keys: SigningKeys) -> None:
        """Take the port."""
        self._signing_keys = signing_keys

    async def __call__(self) -> str:
        """Return the id of the new key; raises `Refused` if the keys are a setting."""
        key = new_signing_key()
        await self._signing_keys.add(key, OVERLAP)
        return key.id
