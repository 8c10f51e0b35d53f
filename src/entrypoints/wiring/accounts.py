"""Connect the use cases of callers."""

from application.accounts.access_tokens import AccessTokens
from application.accounts.attempt_limits import AttemptLimits
from application.accounts.authenticate import Authenticate
from application.accounts.log_in import LogIn, LogOut, RefreshTokens
from application.accounts.manage_keys import CreateApiKey, ListApiKeys, RevokeApiKey
from application.accounts.manage_users import (
    AddUser,
    DisableUser,
    FindUser,
    Register,
    SetPassword,
)
from application.accounts.rotate_secret import RotateSecret
from entrypoints.use_cases import AccountUseCases
from entrypoints.wiring.service import Service


def wire_accounts(service: Service) -> AccountUseCases:
    """Return the use cases of callers."""
    ports, settings, _ = service
    tokens = AccessTokens(ports.signing_keys, ports.token_signer)
    limits = AttemptLimits(ports.attempts)
    users, logins, hasher = ports.users, ports.logins, ports.password_hasher
    return AccountUseCases(
        add_user=AddUser(users, hasher),
        authenticate=Authenticate(logins, ports.api_keys, tokens, is_on=settings.auth == "on"),
        create_api_key=CreateApiKey(ports.api_keys),
        disable_user=DisableUser(users, logins),
        find_user=FindUser(users),
        list_api_keys=ListApiKeys(ports.api_keys),
        log_in=LogIn(users, logins, hasher, tokens, limits),
        log_out=LogOut(logins),
        refresh_tokens=RefreshTokens(logins, tokens),
        register=Register(
            users,
            hasher,
            limits,
            is_open=settings.registration == "open",
            is_closed=settings.registration == "closed",
        ),
        revoke_api_key=RevokeApiKey(ports.api_keys),
        rotate_secret=RotateSecret(ports.signing_keys),
        set_password=SetPassword(users, logins, hasher),
    )
