"""Tokens that are readable, with a checksum in place of a signature."""

import base64
import hashlib

import msgspec

from application.ports.signing_keys import SigningKey
from application.ports.token_signer import AccessClaims
from domain.accounts.errors import TokenRejected


class MemoryTokenSigner:
    """Signs tokens as key id, claims and checksum, separated by dots."""

    def sign(self, claims: AccessClaims, key: SigningKey) -> str:
        """See `application.ports.token_signer.TokenSigner`."""
        text = base64.urlsafe_b64encode(msgspec.json.encode(claims)).decode()
        return f"{key.id}.{text}.{_checksum(text, key)}"

    def key_id(self, token: str) -> str | None:
        """See `application.ports.token_signer.TokenSigner`."""
        return token.split(".")[0] if token.count(".") == 2 else None

    def read(self, token: str, key: SigningKey) -> AccessClaims:
        """See `application.ports.token_signer.TokenSigner`."""
        parts = token.split(".")
        if len(parts) != 3 or parts[0] != key.id or parts[2] != _checksum(parts[1], key):
            raise TokenRejected
        return msgspec.json.decode(base64.urlsafe_b64decode(parts[1]), type=AccessClaims)


def _checksum(text: str, key: SigningKey) -> str:
    signed = f"{key.id} {key.secret} {text}"
    return hashlib.sha256(signed.encode(errors="surrogatepass")).hexdigest()
