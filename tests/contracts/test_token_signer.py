"""The contract of every TokenSigner, and of the keys that a setting gives."""

import base64
import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.memory.token_signer import MemoryTokenSigner
from adapters.tokens.jwt_signer import JwtSigner
from adapters.tokens.setting_keys import SettingSigningKeys
from application.ports.signing_keys import SigningKey
from application.ports.token_signer import AccessClaims, TokenSigner
from domain.accounts.errors import TokenRejected
from domain.shared.errors import Refused

KEY = SigningKey(id="one", secret="a" * 43)
OTHER = SigningKey(id="one", secret="b" * 43)
NOW = datetime(2026, 1, 1, tzinfo=UTC)
CLAIMS = AccessClaims(
    user_id="ana", login_id=UUID(int=7), issued_at=NOW, expires_at=NOW + timedelta(minutes=15)
)
SIGNERS = (MemoryTokenSigner(), JwtSigner())

both = pytest.mark.parametrize("signer", SIGNERS, ids=lambda each: type(each).__name__)


@both
def test_claims_come_back_equal_however_old(signer: TokenSigner) -> None:
    token = signer.sign(CLAIMS, KEY)
    assert token.isascii()
    assert token.isprintable()
    assert signer.key_id(token) == "one"
    assert signer.read(token, KEY) == CLAIMS


@both
def test_another_key_has_not_signed_it(signer: TokenSigner) -> None:
    with pytest.raises(TokenRejected):
        signer.read(signer.sign(CLAIMS, KEY), OTHER)


@both
@given(text=st.text(max_size=60))
def test_what_is_no_token_is_rejected(signer: TokenSigner, text: str) -> None:
    signer.key_id(text)
    with pytest.raises(TokenRejected):
        signer.read(text, KEY)


@both
@given(place=st.integers(0, 10_000), character=st.sampled_from("aZ09-_.= \n\udcff"))
def test_a_token_with_another_character_is_rejected_or_the_same(
    signer: TokenSigner, place: int, character: str
) -> None:
    token = signer.sign(CLAIMS, KEY)
    place %= len(token)
    changed = token[:place] + character + token[place + 1 :]
    signer.key_id(changed)
    try:
        read = signer.read(changed, KEY)
    except TokenRejected:
        return
    # The last digits of base64 have bits that mean nothing.
    assert read == CLAIMS


def test_a_token_without_a_signature_is_rejected() -> None:
    def part(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    claims = {"iss": "bachata-buddy", "sub": "ana", "sid": str(UUID(int=7)), "iat": 1, "exp": 2}
    for algorithm in ("none", "None", "HS512"):
        token = f"{part({'alg': algorithm, 'kid': 'one'})}.{part(claims)}."
        with pytest.raises(TokenRejected):
            JwtSigner().read(token, KEY)


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "somebody"},
        {"iss": None},
        {"sub": None},
        {"sid": "no uuid"},
        {"exp": "soon"},
        {"exp": 10**30},
        {"exp": None},
        {"iat": None},
    ],
)
def test_a_signed_token_with_other_claims_is_rejected(changes: dict[str, object]) -> None:
    claims = {"iss": "bachata-buddy", "sub": "ana", "sid": str(UUID(int=7)), "iat": 1, "exp": 2}
    whole = {name: value for name, value in (claims | changes).items() if value is not None}
    token = jwt.encode(whole, KEY.secret, headers={"kid": "one"})
    with pytest.raises(TokenRejected):
        JwtSigner().read(token, KEY)


@pytest.mark.anyio
async def test_keys_of_a_setting_are_as_it_says_and_have_the_same_ids_everywhere() -> None:
    first, second = "a" * 32, "b" * 32
    before = await SettingSigningKeys((first,)).valid()
    after = await SettingSigningKeys((second, first)).valid()
    assert [each.secret for each in after] == [second, first]
    assert after[1] == before[0]
    assert first[:8] not in before[0].id
    with pytest.raises(Refused, match="BACHATA_TOKEN_SECRETS"):
        await SettingSigningKeys((first,)).add(KEY, timedelta())
