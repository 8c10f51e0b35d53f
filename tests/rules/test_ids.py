"""Ids are made of names in every script."""

import re
import unicodedata

import pytest
from anyascii import anyascii
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.library.ids import LONGEST, RESERVED, id_of, slug

PLAIN = re.compile(r"[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?")
NAMES = st.text(max_size=200) | st.text(st.characters(categories=["L", "N", "S"]), max_size=120)


def id_from(name: str) -> str:
    return id_of(name, anyascii)


@pytest.mark.parametrize(
    ("name", "move_id"),
    [
        ("日本語", "ribenyu"),
        ("中国語", "zhongguoyu"),
        ("Москва", "moskva"),
        ("день", "den"),
        ("한국어", "hangugeo"),
        ("Straße", "strasse"),
        ("Vuelta à la mañana", "vuelta-a-la-manana"),
        ("Бачата (по-русски)", "bachata-po-russki"),
        ("💃", "dancer"),
        ("💃🏽", "dancer"),
        ("e\u0301xito", "exito"),
        ("Search", "search-1"),
        ("", "unnamed"),
    ],
)
def test_names_are_spelled(name: str, move_id: str) -> None:
    assert id_from(name) == move_id


@given(NAMES)
@settings(max_examples=500)
def test_any_name_gives_a_plain_and_bounded_id(name: str) -> None:
    move_id = id_from(name)
    assert PLAIN.fullmatch(move_id)
    assert len(move_id) <= LONGEST
    assert move_id not in RESERVED
    assert id_from(name) == move_id


@given(st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=300))
@settings(max_examples=500)
def test_a_text_that_cannot_be_spelled_is_a_hash_of_its_own(name: str) -> None:
    def none(_: str) -> str:
        return ""

    if not name.isascii() and not slug(name).replace("unnamed", ""):
        assert re.fullmatch(r"unnamed-[0-9a-f]{8}", id_of(name, none))


@given(st.text(min_size=1), st.text(min_size=1))
@settings(max_examples=500)
def test_two_names_share_an_id_only_where_they_are_spelled_alike(one: str, other: str) -> None:
    def letters(text: str) -> str:
        characters = (each for each in unicodedata.normalize("NFKD", text) if each.isalnum())
        return re.sub(r"[^a-z0-9]", "", anyascii("".join(characters)).lower())

    if letters(one) != letters(other):
        assert id_from(one) != id_from(other)


def test_signs_without_a_spelling_are_told_apart() -> None:
    names = ["\U000f0000", "\U000f0001", "!!!", "???", "\u2800", "\u3000"]
    assert len({id_from(name) for name in names}) == len(names)


def test_long_names_that_differ_at_their_end_have_ids_of_their_own() -> None:
    assert id_from("x" * 199 + "a") != id_from("x" * 199 + "b")


@given(st.text("abcdefghijklmnopqrstuvwxyzABCXYZ0123456789 _-.,!?éñüç", max_size=LONGEST))
def test_latin_names_have_the_ids_they_always_had(name: str) -> None:
    if slug(name) not in ("unnamed", *RESERVED):
        assert id_from(name) == slug(name)
