"""Headers of problems that say what a caller can do about them."""

from typing import Final

from domain.accounts.errors import NotAuthenticated, TokenRejected, TooManyAttempts
from domain.shared.errors import BachataError

_REALM: Final = 'Bearer realm="bachata-buddy"'


def headers_of(error: BachataError) -> dict[str, str]:
    """Return the headers for an error, beside those for its status."""
    match error:
        case TooManyAttempts():
            return {"Retry-After": str(error.retry_after)}
        case TokenRejected():
            return {"WWW-Authenticate": f'{_REALM}, error="invalid_token"'}
        case NotAuthenticated():
            return {"WWW-Authenticate": _REALM}
        case _:
            return {}
