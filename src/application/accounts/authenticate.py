"""Recognise the caller of a request."""

from application.accounts.access_tokens import AccessTokens
from application.accounts.secret_texts import key_of
from application.ports.api_keys import ApiKeys
from application.ports.logins import Logins
from domain.accounts.errors import AuthenticationOff, NotAuthenticated, TokenRejected
from domain.accounts.users import LOCAL, Caller, caller_by_key, caller_of


class Authenticate:
    """Returns the caller of a token or an API key; without accounts it is the local user."""

    def __init__(
        self, logins: Logins, api_keys: ApiKeys, tokens: AccessTokens, *, is_on: bool
    ) -> None:
        """Take the ports, the access tokens, and True if the service has accounts."""
        self._logins = logins
        self._api_keys = api_keys
        self._tokens = tokens
        self.is_on = is_on

    async def __call__(self, token: str | None, api_key: str | None) -> Caller:
        """Return the caller; raises `NotAuthenticated` if neither is given, or `TokenRejected`.

        A revocation, a new role and a disabled user count from the next request on.
        """
        if not self.is_on:
            return LOCAL
        if token is not None:
            return await self._by_token(token)
        if api_key is not None:
            return await self._by_key(api_key)
        raise NotAuthenticated

    def require_accounts(self) -> None:
        """Raise `AuthenticationOff` in a service without accounts."""
        if not self.is_on:
            raise AuthenticationOff

    async def _by_token(self, token: str) -> Caller:
        claims = await self._tokens.read(token)
        live = await self._logins.live(claims.login_id)
        if live is None or live.user.id != claims.user_id or claims.expires_at <= live.now:
            raise TokenRejected
        return caller_of(live.user, claims.login_id)

    async def _by_key(self, text: str) -> Caller:
        key = key_of(text)
        pair = None if key is None else await self._api_keys.use(key.digest)
        if pair is None:
            raise TokenRejected
        api_key, user = pair
        return caller_by_key(user, api_key.scopes)
