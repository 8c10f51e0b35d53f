"""Errors of callers and their accounts."""

from typing import ClassVar

from domain.shared.errors import BachataError, CallerBusy, Conflict, NotFound


class NotAuthenticated(BachataError):
    """This needs a caller: send `Authorization: Bearer` with a token, or `X-API-Key`."""

    code = "not-authenticated"


class TokenRejected(NotAuthenticated):
    """The token or API key is unknown, expired or revoked; log in again or create another key."""

    code = "token-rejected"


class TokenReused(TokenRejected):
    """The refresh token was used before, so all tokens of its log-in are revoked; log in again."""

    code = "token-reused"


class WrongCredentials(NotAuthenticated):
    """The name or the password is wrong, or the account is disabled."""

    code = "wrong-credentials"


class Forbidden(BachataError):
    """You are not allowed to do this."""

    code = "forbidden"


class RegistrationClosed(Forbidden):
    """Registration is closed; an administrator can add you: `bachata-buddy users add`."""

    code = "registration-closed"


class UserTaken(Conflict):
    """A user with this name or id exists already."""

    code = "user-taken"


class AuthenticationOff(Conflict):
    """The service runs without accounts; start it with BACHATA_AUTH=on."""

    code = "authentication-off"


class UserNotFound(NotFound):
    """There is no user with this name."""

    code = "user-not-found"


class KeyNotFound(NotFound):
    """There is no API key with this id."""

    code = "key-not-found"


class TooManyAttempts(CallerBusy):
    """Too many attempts; try again later."""

    code: ClassVar[str] = "too-many-attempts"
    retry_after: int = 1
    """Seconds until attempts are counted from the start again."""

    def __init__(self, seconds: int = 1) -> None:
        """Take the seconds after which another attempt is counted."""
        super().__init__(f"Too many attempts; try again in {seconds} s.")
        self.retry_after = seconds
