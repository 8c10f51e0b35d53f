"""Access tokens as JSON Web Tokens (RFC 7519), signed with HMAC-SHA256."""

from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from application.ports.signing_keys import SigningKey
from application.ports.token_signer import AccessClaims
from domain.accounts.errors import TokenRejected

_ALGORITHM: Final = "HS256"
_ISSUER: Final = "bachata-buddy"


class _Claims(msgspec.Struct, frozen=True):
    """The claims as they are written in a token."""

    sub: str
    sid: UUID
    iat: int
    exp: int


class JwtSigner:
    """Signs and reads tokens with PyJWT, which is imported by the first token."""

    def sign(self, claims: AccessClaims, key: SigningKey) -> str:
        """See `application.ports.token_signer.TokenSigner`."""
        import jwt

        payload: dict[str, Any] = {
            "iss": _ISSUER,
            "sub": claims.user_id,
            "sid": str(claims.login_id),
            "iat": int(claims.issued_at.timestamp()),
            "exp": int(claims.expires_at.timestamp()),
        }
        return jwt.encode(payload, key.secret, algorithm=_ALGORITHM, headers={"kid": key.id})

    def key_id(self, token: str) -> str | None:
        """See `application.ports.token_signer.TokenSigner`."""
        import jwt

        try:
            value = jwt.get_unverified_header(token).get("kid")
        except (jwt.InvalidTokenError, ValueError):
            return None
        return value if isinstance(value, str) else None

    def read(self, token: str, key: SigningKey) -> AccessClaims:
        """See `application.ports.token_signer.TokenSigner`."""
        import jwt

        try:
            payload: Any = jwt.decode(
                token,
                key.secret,
                algorithms=[_ALGORITHM],
                issuer=_ISSUER,
                # The caller compares times with the clock of the store.
                options={"verify_exp": False, "verify_iat": False, "verify_nbf": False},
            )
            claims = msgspec.convert(payload, _Claims)
            return AccessClaims(
                user_id=claims.sub,
                login_id=claims.sid,
                issued_at=datetime.fromtimestamp(claims.iat, UTC),
                expires_at=datetime.fromtimestamp(claims.exp, UTC),
            )
        except (jwt.InvalidTokenError, msgspec.ValidationError, ValueError, OverflowError, OSError):
            raise TokenRejected from None
