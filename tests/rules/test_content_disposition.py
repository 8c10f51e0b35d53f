"""A file's name reaches a client whole, and nothing else reaches its headers."""

import re
from email.message import Message
from email.policy import HTTP
from typing import Any, cast
from urllib.parse import unquote

import multipart
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from entrypoints.http.content_disposition import attachment

ANY = st.text(st.characters(), max_size=400)
"""Any characters, also surrogates and controls."""
GRAMMAR = re.compile(
    r"attachment; filename=\"[ !#$&'()+,\-.0-9;=@A-Z\[\]^_`a-z{}~]+\"; "
    r"filename\*=UTF-8''[A-Za-z0-9_.~\-%]+"
)


def parsed_by_multipart(header: str) -> str:
    """The name by the parser of the package `multipart`."""
    kind, options = cast(Any, multipart).parse_options_header(header)
    assert kind == "attachment"
    return options["filename"]


def names_of(header: str) -> tuple[str, str]:
    """The plain and the extended name, split by hand as RFC 6266 and RFC 8187 say."""
    plain = re.search(r'filename="([^"\\]*)"', header)
    full = re.search(r"filename\*=UTF-8''(\S+)\Z", header)
    assert plain
    assert full
    return plain[1], unquote(full[1], errors="strict")


def parsed(header: str) -> str:
    """The name by the parser of the standard library."""
    message = Message(policy=HTTP)
    message["Content-Disposition"] = header
    name = message.get_filename()
    assert message.get_content_disposition() == "attachment"
    assert name
    return name


@given(ANY)
@settings(max_examples=400)
@example("a\r\nSet-Cookie: a=b")
@example('a"; filename="b.exe')
@example("a\\")
@example("..")
@example("")
@example(".")
@example("\ud800\udfff")
@example("💃🕺" * 150)
@example("тест " * 100)
@example("%0d%0aX: y")
@example("\u202egpj.exe")
def test_any_title_gives_one_header_of_the_grammar_that_parsers_agree_about(title: str) -> None:
    header = attachment(f"{title}.mp4")
    assert GRAMMAR.fullmatch(header), header
    assert header.encode("ascii").decode("latin-1") == header
    plain, full = names_of(header)
    for name in (plain, full, parsed(header), parsed_by_multipart(header)):
        assert name.endswith(".mp4")
        assert name[:-4].strip(". ") == name[:-4] != ""
        assert len(name) <= 154
        assert not set('<>:"/\\|?*%\r\n\0') & set(name)
        assert not re.search("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]", name)


@pytest.mark.parametrize(
    ("title", "plain", "full"),
    [
        ("Noche de bachata", "Noche de bachata", "Noche de bachata"),
        ("Canción de mañana", "Cancion de manana", "Canción de mañana"),
        ("São João", "Sao Joao", "São João"),
        ("  a \t b\r\nc ", "a b c", "a b c"),
        ('say "hi"\\now', "say hi now", "say hi now"),
        ("50% of a/b", "50 of a b", "50 of a b"),
        ("...", "video", "video"),
        ("", "video", "video"),
        ("v1.2", "v1.2", "v1.2"),
    ],
)
def test_a_title_is_kept_as_far_as_file_systems_allow(title: str, plain: str, full: str) -> None:
    header = attachment(f"{title}.mp4")
    assert names_of(header) == (f"{plain}.mp4", f"{full}.mp4")


@given(st.text(st.sampled_from("abcñçãé 日本語💃"), min_size=1, max_size=150))
@settings(max_examples=200)
def test_a_name_without_forbidden_characters_comes_back_letter_by_letter(title: str) -> None:
    name = " ".join(title.split()) or "video"
    assert names_of(attachment(f"{name}.mp4"))[1] == f"{name}.mp4"


@given(ANY, ANY)
@settings(max_examples=200)
@example("a", 'mp4"; filename="b')
def test_an_ending_that_is_none_is_part_of_the_name(stem: str, ending: str) -> None:
    assert GRAMMAR.fullmatch(attachment(f"{stem}.{ending}"))


def test_a_long_name_keeps_its_ending() -> None:
    for letter in ("a", "ñ", "語", "💃"):
        plain, full = names_of(attachment(f"{letter * 300}.mp4"))
        assert full.startswith(letter)
        assert plain.endswith(".mp4")
        assert full.endswith(".mp4")
        assert len(full.encode()) <= 255
