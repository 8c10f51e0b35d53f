"""A name is shown as it is, and where its file lies any system can say."""

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.library.upload_move import MoveForm
from application.library.upload_song import SongForm
from domain.library.ids import slug
from domain.shared import paths, texts, validation
from domain.shared.errors import InvalidRequest
from domain.shared.violations import MOST, Concern, Violation, bounded

SAFE = set(string.ascii_letters + string.digits + "-_./")
UNFIT = [
    *map(chr, range(32)),
    *map(chr, range(0x7F, 0xA0)),
    *"\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
]
GOOD = [
    "Vuelta à la mañana",
    "舞",
    "עברית",
    "العربية",
    "👩\u200d👧",
    "a\u200eb",
    "\u200f",
    " ",
    "x" * 200,
]


@given(st.text(), st.text(alphabet="0123456789abcdef", min_size=1, max_size=64))
def test_whatever_the_name_its_path_is_plain(name: str, contents: str) -> None:
    for path in (paths.clip(slug(name), contents, "0"), paths.song(slug(name), contents, "0")):
        assert set(path) <= SAFE
        assert paths.fault(path) is None


@pytest.mark.parametrize("unfit", UNFIT, ids=repr)
def test_a_name_breaks_no_line_and_turns_no_text(unfit: str) -> None:
    for form in (
        SongForm(title=f"a{unfit}b", artist=f"{unfit}", genre=f"a{unfit}"),
        MoveForm(name=f"a{unfit}b", label=f"{unfit}a"),
    ):
        with pytest.raises(InvalidRequest) as refused:
            validation.refuse_faults(form)
        fields = len(form.__struct_fields__) if isinstance(form, SongForm) else 2
        assert len(refused.value.violations) == fields
    assert paths.fault(f"clips/a{unfit}b.mp4") is not None


@pytest.mark.parametrize("name", GOOD)
def test_a_name_in_any_language_is_taken(name: str) -> None:
    validation.refuse_faults(SongForm(title=name, artist=name, genre=name))
    validation.refuse_faults(MoveForm(name=name, label=name))


@given(st.text(alphabet=st.characters()), st.integers(3, 50))
def test_what_is_shown_is_short_and_of_one_line(text: str, most: int) -> None:
    line = texts.printable(texts.shortened(text, most))
    assert len(line) == min(len(text), most)
    assert line.isprintable() or "\ufffd" in line
    assert texts.fault(line) is None


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_the_published_pattern_takes_the_texts_without_a_fault(text: str) -> None:
    assert (re.search(texts.UNBROKEN, text) is not None) == (texts.fault(text) is None)


@given(
    st.lists(st.builds(Violation, path=st.text(), message=st.text()), max_size=150),
    st.integers(0, 1000),
)
def test_violations_are_counted_whether_or_not_they_are_told(
    violations: list[Violation], more: int
) -> None:
    result = bounded(violations, more)
    originals = [each for each in result if not each.message.startswith("And ")]
    rest = len(violations) + more - min(len(violations), MOST)
    if not any(each.message.startswith("And ") for each in violations):
        assert len(originals) == min(len(violations), MOST)
        assert (result[-1].message == f"And {rest} more.") is (rest > 0) if result else rest == 0


@pytest.mark.parametrize("concern", list(Concern))
def test_the_rest_of_the_violations_has_their_concern(concern: Concern) -> None:
    violations = [Violation(path="$", message="It is wrong.", concern=concern)] * (MOST + 1)
    assert {each.concern for each in bounded(violations)} == {concern}
