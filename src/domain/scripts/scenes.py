"""Read the scenes of a script, and the files that it names for them."""

import re
from collections.abc import Iterator
from typing import Any, Final, cast

import msgspec

from domain.scripts.languages import Language
from domain.scripts.sentences import sentences_of
from domain.shared.errors import InvalidRequest
from domain.shared.violations import Concern, Findings

MAX_SCENES: Final = 300
LONGEST_SCENE: Final = 600.0
"""Maximum seconds of a scene, and of a video."""
_FENCE: Final = "---"
_FIELD: Final = re.compile(r"(image|audio|duration)\s*:\s*(.*)", re.IGNORECASE)
_HEAD_FIELD: Final = re.compile(r"([A-Za-z_]+)\s*:\s*(.*)")
_HEAD_FIELDS: Final = ("title", "language", "music")


class Scene(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a script that is spoken over one picture."""

    text: str
    """The author's words, on one line."""
    image: str | None = None
    """Name of the author's own picture."""
    audio: str | None = None
    """Name of the author's own recording, which is played in place of a voice."""
    duration: float | None = None
    """Stated duration in seconds."""


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """The statements of a script about itself, before its first scene."""

    title: str | None = None
    language: Language | None = None
    music: str | None = None
    """Name of the author's own music, which is played under the voice."""


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """A script as its scenes."""

    head: Head
    scenes: tuple[Scene, ...]


class _Line(msgspec.Struct, frozen=True):
    """A line of the script and its number, counted from 1."""

    number: int
    text: str


def read(content: str) -> Reading:
    """Read a text of `domain.scripts.script.text_of`.

    Scenes are the paragraphs, which are separated by empty lines; in a script of one paragraph they
    are its sentences. The first lines of a paragraph may be `image:`, `audio:` and `duration:`; a
    paragraph of nothing else belongs to the next one. A head between two lines of `---` at the
    beginning may state `title:`, `language:` and `music:`. Raises `InvalidRequest` with every
    violation and its line.
    """
    lines = [_Line(number, text.strip()) for number, text in enumerate(content.split("\n"), 1)]
    findings = Findings()
    head, rest = _head(lines, findings)
    scenes = list(_scenes(rest, findings))
    if not scenes:
        _add(findings, 1, "The script has no words; write at least one sentence.")
    elif len(scenes) == 1:
        scenes = _sentences(scenes[0])
    if len(scenes) > MAX_SCENES:
        message = f"The script has {len(scenes)} scenes, and {MAX_SCENES} are allowed; join some."
        _add(findings, 1, message)
    if findings.violations:
        raise InvalidRequest(tuple(findings.violations), more=findings.more)
    return Reading(head=head, scenes=tuple(scenes))


def with_music(content: str, name: str) -> str:
    """Return a script of `read` whose head names this music, in place of any other."""
    lines = content.split("\n")
    begin = next((at for at, line in enumerate(lines) if line.strip()), 0)
    stated = f"music: {name}"
    if lines[begin].strip() != _FENCE:
        return "\n".join((_FENCE, stated, _FENCE, *lines))
    end = next(at for at, line in enumerate(lines) if at > begin and line.strip() == _FENCE)
    others = [line for line in lines[begin + 1 : end] if not _names_music(line)]
    return "\n".join((_FENCE, *others, stated, *lines[end:]))


def _names_music(line: str) -> bool:
    field = _HEAD_FIELD.fullmatch(line.strip())
    return field is not None and field[1].lower() == "music"


def _head(lines: list[_Line], findings: Findings) -> tuple[Head, list[_Line]]:
    begin = next((at for at, line in enumerate(lines) if line.text), 0)
    if lines[begin].text != _FENCE:
        return Head(), lines
    ends = (at for at, line in enumerate(lines) if at > begin and line.text == _FENCE)
    if (end := next(ends, None)) is None:
        message = "The head begins here and has no end; close it with a line of `---`."
        _add(findings, lines[begin].number, message)
        return Head(), []
    values: dict[str, str] = {}
    for line in lines[begin + 1 : end]:
        field = _HEAD_FIELD.fullmatch(line.text)
        if line.text and (field is None or field[1].lower() not in _HEAD_FIELDS):
            message = "The head may have lines `title:`, `language:` and `music:` only."
            _add(findings, line.number, message)
        elif field is not None and field[2]:
            values[field[1].lower()] = field[2]
            is_language = field[1].lower() == "language"
            if is_language and field[2].lower() not in list(Language):
                message = f"The language must be one of {', '.join(Language)}."
                _add(findings, line.number, message)
    language = values.get("language", "").lower()
    head = Head(
        title=values.get("title"),
        language=Language(language) if language in list(Language) else None,
        music=values.get("music"),
    )
    return head, lines[end + 1 :]


def _scenes(lines: list[_Line], findings: Findings) -> Iterator[Scene]:
    fields: dict[str, str | float] = {}
    at = 0
    for paragraph in _paragraphs(lines):
        at = 0
        while at < len(paragraph) and (field := _FIELD.fullmatch(paragraph[at].text)):
            _take(field[1].lower(), field[2], paragraph[at].number, fields, findings)
            at += 1
        if words := " ".join(" ".join(line.text for line in paragraph[at:]).split()):
            yield Scene(text=words, **cast(dict[str, Any], fields))
            fields = {}
    if fields and lines:
        message = "Nothing follows these lines; write the words of their scene below them."
        _add(findings, lines[-1].number, message)


def _paragraphs(lines: list[_Line]) -> Iterator[list[_Line]]:
    paragraph: list[_Line] = []
    for line in lines:
        if line.text:
            paragraph.append(line)
        elif paragraph:
            yield paragraph
            paragraph = []
    if paragraph:
        yield paragraph


def _take(
    name: str, value: str, number: int, fields: dict[str, str | float], findings: Findings
) -> None:
    if name in fields:
        _add(findings, number, f"`{name}:` stands twice for this scene; leave one.")
    elif not value:
        _add(findings, number, f"`{name}:` has no value; name a file, or remove the line.")
    elif name != "duration":
        fields[name] = value
    else:
        seconds = _seconds(value)
        if seconds is None:
            message = (
                f"The duration must be a number of seconds from 1 to {LONGEST_SCENE:g}, such as "
                "`duration: 4.5`."
            )
            _add(findings, number, message)
        else:
            fields[name] = seconds


def _seconds(value: str) -> float | None:
    number = re.fullmatch(r"([0-9]{1,4}(?:[.,][0-9]{1,3})?)\s*s?", value)
    if number is None:
        return None
    seconds = float(number[1].replace(",", "."))
    return seconds if 1 <= seconds <= LONGEST_SCENE else None


def _sentences(only: Scene) -> list[Scene]:
    """Divide the only paragraph, whose stated files are those of its first sentence."""
    if only.audio is not None or only.duration is not None:
        return [only]
    first, *others = sentences_of(only.text)
    return [Scene(text=first, image=only.image), *(Scene(text=each) for each in others)]


def _add(findings: Findings, line: int, message: str) -> None:
    findings.add(f"$.content, line {line}", message, Concern.RULE)
