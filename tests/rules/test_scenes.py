"""A script is read as its scenes, and what is wrong is told with its line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.scripts.languages import Language
from domain.scripts.scenes import MAX_SCENES, Scene, read
from domain.scripts.script import MAX_CHARACTERS, decoded, text_of
from domain.scripts.sentences import sentences_of
from domain.shared.errors import InvalidRequest, TooLarge


def texts(content: str) -> list[str]:
    return [scene.text for scene in read(text_of(content)).scenes]


def lines(content: str) -> list[str]:
    with pytest.raises(InvalidRequest) as caught:
        read(text_of(content))
    return [each.path for each in caught.value.violations]


def test_paragraphs_are_scenes() -> None:
    assert texts("One.\nStill one.\n\n \t\nTwo.\r\n\r\nThree") == [
        "One. Still one.",
        "Two.",
        "Three",
    ]


def test_the_sentences_of_a_single_paragraph_are_scenes() -> None:
    assert texts("Hola. ¿Qué tal? ¡Bien!\nVamos a bailar.") == [
        "Hola.",
        "¿Qué tal?",
        "¡Bien!",
        "Vamos a bailar.",
    ]


@pytest.mark.parametrize(
    "sentence",
    [
        "Dr. Smith met Mrs. Jones at 8.30 p.m. on St. Paul's.",
        "El Sr. García y la Sra. López bailan.",
        "J. S. Bach wrote it.",
        "It costs 3.50 euros... and that is all.",
        "Wait! what is that",
        "La Dra. Souza dança, etc. e tal.",
    ],
)
def test_a_full_stop_within_a_sentence_does_not_end_it(sentence: str) -> None:
    assert sentences_of(sentence) == (sentence,)


def test_lines_before_the_words_name_the_author_s_files() -> None:
    content = (
        "image: beach.jpg\nAUDIO: me.wav\nduration: 4,5 s\nThe sea.\n\nThe hills: they are green."
    )
    assert read(content).scenes == (
        Scene(text="The sea.", image="beach.jpg", audio="me.wav", duration=4.5),
        Scene(text="The hills: they are green."),
    )


def test_a_paragraph_of_names_alone_belongs_to_the_next_one() -> None:
    assert read("image: a.jpg\n\nThe sea.\n\nThe end.").scenes[0].image == "a.jpg"


def test_a_head_states_title_language_and_music() -> None:
    head = read("---\ntitle: My film\nlanguage: ES\nmusic: song.mp3\n---\nHola.").head
    assert (head.title, head.language, head.music) == ("My film", Language.SPANISH, "song.mp3")


def test_the_first_sentence_keeps_the_picture_of_the_only_paragraph() -> None:
    scenes = read("image: a.jpg\nOne. Two.").scenes
    assert scenes == (Scene(text="One.", image="a.jpg"), Scene(text="Two."))


def test_a_recording_is_of_its_whole_paragraph() -> None:
    assert len(read("audio: a.wav\nOne. Two.").scenes) == 1


def test_every_fault_is_told_with_its_line() -> None:
    content = (
        "---\nauthor: me\nlanguage: fr\n---\nimage:\nduration: soon\nduration: 0.2\nA.\n\nimage: x"
    )
    assert lines(content) == [
        "$.content, line 2",
        "$.content, line 3",
        "$.content, line 5",
        "$.content, line 6",
        "$.content, line 7",
        "$.content, line 10",
    ]


def test_a_head_without_an_end_is_a_fault() -> None:
    assert "$.content, line 1" in lines("---\ntitle: x\nHello.")


def test_a_script_of_names_alone_has_no_words() -> None:
    assert lines("image: a.jpg")


def test_too_many_scenes_are_refused() -> None:
    assert len(texts("\n\n".join("A." for _ in range(MAX_SCENES)))) == MAX_SCENES
    assert lines("\n\n".join("A." for _ in range(MAX_SCENES + 1)))


@pytest.mark.parametrize("content", ["", " \n\t", "\ufeff", "a\x00b", "a\x1bb", "\ud800"])
def test_what_is_no_text_is_refused(content: str) -> None:
    with pytest.raises(InvalidRequest):
        text_of(content)


def test_the_longest_script_is_taken_and_a_longer_one_is_not() -> None:
    assert text_of("ñ" * MAX_CHARACTERS)
    with pytest.raises(TooLarge):
        text_of("ñ" * (MAX_CHARACTERS + 1))
    assert decoded("ñ".encode() * MAX_CHARACTERS)
    with pytest.raises(InvalidRequest):
        decoded(b"\xff\xfe")
    with pytest.raises(TooLarge):
        decoded(b"a" * (4 * MAX_CHARACTERS + 1))


@given(st.text())
def test_no_word_of_a_script_is_lost(content: str) -> None:
    try:
        reading = read(text_of(content))
    except (InvalidRequest, TooLarge):
        return
    spoken = " ".join(scene.text for scene in reading.scenes).split()
    named = {"image", "audio", "duration"}
    if not any(name in content.lower() for name in named) and "---" not in content:
        assert spoken == text_of(content).split()


@given(st.lists(st.sampled_from([*'aA.!?… "”)¿', "Dr. ", "the end. "])).map("".join))
def test_sentences_are_the_whole_paragraph(paragraph: str) -> None:
    assert " ".join(sentences_of(paragraph)).split() == paragraph.split()
