"""A script names the music of its caller in place of its own, and keeps everything else."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.scripts import scenes
from domain.scripts.scenes import with_music

NAMES = st.from_regex(r"[A-Za-zñ0-9][A-Za-zñ0-9 ._-]{0,20}[A-Za-z0-9]", fullmatch=True)
BODIES = st.lists(
    st.sampled_from(["Hola.", "music: no head", "---", "image: a.jpg\nVamos.", "Adiós."]),
    min_size=1,
    max_size=5,
).map("\n\n".join)
HEADS = st.lists(
    st.sampled_from(["title: Uno", "music: other.mp3", "  MUSIC : x", "language: es", "music:", ""])
)


@given(head=st.none() | HEADS, body=BODIES, blank=st.sampled_from(["", "\n", " \n\n"]), name=NAMES)
@settings(max_examples=200)
def test_only_the_music_of_a_script_changes(
    head: list[str] | None, body: str, blank: str, name: str
) -> None:
    start = "" if head is None else "\n".join(("---", *head, "---", ""))
    content = f"{blank}{start}{body}"
    try:
        before = scenes.read(content)
    except scenes.InvalidRequest:
        return
    after = scenes.read(with_music(content, name))
    assert after.head.music == name
    assert after.scenes == before.scenes
    assert (after.head.title, after.head.language) == (before.head.title, before.head.language)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("Hola.", "---\nmusic: a.mp3\n---\nHola."),
        ("---\ntitle: Uno\n---\nHola.", "---\ntitle: Uno\nmusic: a.mp3\n---\nHola."),
        ("\n---\nmusic: b.mp3\n---\nHola.", "---\nmusic: a.mp3\n---\nHola."),
    ],
)
def test_music_is_named_in_the_head(content: str, expected: str) -> None:
    assert with_music(content, "a.mp3") == expected
