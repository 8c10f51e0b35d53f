"""Rules for users: their ids, names, scopes and passwords."""

import unicodedata
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.accounts.errors import Forbidden
from domain.accounts.rules import (
    Credentials,
    Registration,
    check_user_id,
    check_user_name,
    normalised,
)
from domain.accounts.users import LOCAL, SCOPES, Role, Scope, User, caller_by_key, caller_of, folded
from domain.shared import paths, validation
from domain.shared.errors import InvalidRequest

USERS = st.builds(User, id=st.just("ana"), name=st.just("Ana"), role=st.sampled_from(Role))


@given(user_id=st.text(max_size=70) | st.from_regex(r"[a-z0-9_-]{1,66}", fullmatch=True))
def test_an_id_that_is_taken_makes_a_safe_folder_of_one_segment(user_id: str) -> None:
    try:
        check_user_id(user_id)
    except InvalidRequest:
        return
    film = paths.film(user_id, UUID(int=1))
    assert paths.fault(film) is None
    assert film.count("/") == 2
    assert user_id == user_id.casefold()
    assert 1 <= len(user_id) <= 64


@given(one=st.from_regex(r"[a-z0-9][a-z0-9_-]{0,20}", fullmatch=True), other=st.text(max_size=20))
def test_a_film_is_of_its_owner_alone(one: str, other: str) -> None:
    film = paths.film(one, UUID(int=1))
    for written in (film, film.upper(), film.replace("output", "Output")):
        assert paths.is_file_of_another(written, other) is (other != one or written != film)
    assert not paths.is_file_of_another("clips/a.mp4", one)


@given(user=USERS, scopes=st.lists(st.sampled_from(Scope)))
def test_a_key_never_may_more_than_its_user_or_its_scopes(user: User, scopes: list[Scope]) -> None:
    caller = caller_by_key(user, scopes)
    assert caller.scopes <= SCOPES[user.role]
    assert caller.scopes <= set(scopes)
    assert caller.login_id is None
    for scope in Scope:
        if scope in caller.scopes:
            caller.require(scope)
        else:
            with pytest.raises(Forbidden, match=scope.value):
                caller.require(scope)


def test_a_token_may_what_the_role_may_and_the_local_user_everything() -> None:
    for role in Role:
        user = User(id="ana", name="Ana", role=role)
        assert caller_of(user, UUID(int=1)).scopes == SCOPES[role]
    assert LOCAL.scopes == set(Scope)
    assert SCOPES[Role.USER] == {Scope.READ, Scope.MAKE}


@given(name=st.text(max_size=40))
def test_a_name_is_the_same_in_any_case(name: str) -> None:
    assert folded(name) == folded(f" {name}\t") == folded(folded(name))
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        assert folded(unicodedata.normalize(form, name)) == folded(name)


@pytest.mark.parametrize("name", ["", " ", "\u3000", "\u00a0 "])
def test_a_name_of_spaces_is_none(name: str) -> None:
    with pytest.raises(InvalidRequest):
        check_user_name(name)


@given(password=st.text(min_size=12, max_size=40))
def test_a_password_is_the_same_however_it_is_composed(password: str) -> None:
    decomposed = unicodedata.normalize("NFD", password)
    assert normalised(decomposed) == normalised(unicodedata.normalize("NFC", password))


@given(password=st.text(max_size=30) | st.integers() | st.none() | st.lists(st.text(max_size=9)))
def test_no_message_repeats_a_secret(password: object) -> None:
    for kind in (Registration, Credentials):
        reading = validation.read(kind, {"name": "ana", "password": password})
        for violation in reading.violations:
            assert violation.path.startswith("$.password")
            assert "got a secret" in violation.message or "NUL" in violation.message
