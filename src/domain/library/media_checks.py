"""Rules for media files, by which every upload and every finished film is checked."""

from collections.abc import Iterator
from enum import IntEnum, StrEnum
from fractions import Fraction
from typing import Final

import msgspec

from domain.library.media import Media, Picture
from domain.shared.errors import BachataError, TooLarge, UnacceptedMedia, UnreadableMedia


class Level(IntEnum):
    """Thoroughness of a check; each level includes those before it."""

    BASIC = 1
    """The file has content and a duration."""
    FORMAT = 2
    """Also its container, codecs, resolution and frame rate, its sound, and limits on its size."""
    FULL = 3
    """Also its number of frames, its durations to the frame, that players can start at once, and
    that it decodes to its end.
    """


class FileFacts(msgspec.Struct, frozen=True, kw_only=True):
    """The properties of a file as a probe finds them; None is not known, and is not checked."""

    media: Media
    size: int | None = None
    """Bytes."""
    container: str | None = None
    """FFmpeg's name of it, such as `mov`."""
    sound_seconds: Fraction | None = None
    starts_fast: bool | None = None
    """True if the index comes before the data, so that a player starts during the download."""
    decoded_frames: int | None = None
    """Frames that were decoded from the beginning until the end, or until the first error."""


class Requirements(msgspec.Struct, frozen=True, kw_only=True):
    """The properties that a file must have; None and an empty tuple allow everything."""

    what: str = "file"
    """Name of the kind of file, for messages about limits."""
    purpose: str | None = None
    """Its use, such as `a move`, for messages about its content."""
    moving: bool | None = None
    """True if it must have moving pictures, False if it must have none."""
    sound: bool | None = None
    """True if it must have sound."""
    containers: tuple[str, ...] = ()
    video_codecs: tuple[str, ...] = ()
    audio_codecs: tuple[str, ...] = ()
    resolution: tuple[int, int] | None = None
    """Width and height in pixels."""
    frame_rate: Fraction | None = None
    most_seconds: int | None = None
    most_pixels: int | None = None
    """Maximum pixels of one picture."""
    most_streams: int | None = None
    frames: int | None = None
    seconds: Fraction | None = None
    """Duration of the video and of the sound."""
    tolerance: Fraction = Fraction(0)
    """Seconds by which the duration may differ."""
    sound_tolerance: Fraction = Fraction(0)
    """Seconds by which the sound may differ: one packet of its codec."""
    starts_fast: bool = False
    decodes: bool = False


class FaultKind(StrEnum):
    """Kind of a fault, by what the owner of the file can do about it."""

    UNREADABLE = "unreadable"
    UNACCEPTED = "unaccepted"
    """It is a file of another kind."""
    TOO_LARGE = "too_large"
    DIFFERENT = "different"
    """It is not as it was to be made."""


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """A broken rule; the sentence says what the file has, and what is allowed."""

    kind: FaultKind
    level: Level
    sentence: str


NONE: Final = Requirements()
"""No requirements but the basic rules, for the service's own files."""
MOVE: Final = Requirements(what="clip", purpose="a move", moving=True)
SONG: Final = Requirements(what="song", purpose="a song", sound=True)
RECORDING: Final = Requirements(what="recording", purpose="a recording", sound=True, moving=False)
"""Requirements on the content of uploads; `domain.library.limits` has those on their size."""

_ERRORS: Final[dict[FaultKind, type[BachataError]]] = {
    FaultKind.UNREADABLE: UnreadableMedia,
    FaultKind.UNACCEPTED: UnacceptedMedia,
    FaultKind.TOO_LARGE: TooLarge,
    FaultKind.DIFFERENT: UnacceptedMedia,
}


def faults(facts: FileFacts, required: Requirements, level: Level) -> tuple[Fault, ...]:
    """Return every broken rule up to a level, the basic ones first.

    A file that breaks a basic rule is not checked further, because nothing else is known of it.
    """
    if basic := tuple(_basic(facts)):
        return basic
    broken = [*_content(facts.media, required), *_limits(facts.media, required)]
    broken += [*_format(facts, required)]
    if level is Level.FULL:
        broken += [*_exactness(facts, required)]
    return tuple(broken) if level >= Level.FORMAT else ()


def refuse_faults(
    facts: FileFacts, required: Requirements, level: Level, advice: str | None = None
) -> None:
    """Raise the error of the first fault of an upload, with ``advice`` what to send instead.

    It is `UnreadableMedia`, `UnacceptedMedia` or `TooLarge`.
    """
    for fault in faults(facts, required, level):
        text = f"{fault.sentence} {advice}" if advice else fault.sentence
        raise _ERRORS[fault.kind](text)


def refuse_media(media: Media, required: Requirements, advice: str | None = None) -> None:
    """Raise as `refuse_faults` at the level `FORMAT`, by what a probe has measured."""
    refuse_faults(FileFacts(media=media), required, Level.FORMAT, advice)


def too_many_pixels(width: int, height: int, most: int, has: str) -> str | None:
    """Return the sentence about a picture with more pixels than allowed; None for fewer."""
    if width * height <= most:
        return None
    return f"A picture may have {most // 1_000_000} megapixels at most; {has} {width}x{height}."


def _basic(facts: FileFacts) -> Iterator[Fault]:
    media = facts.media
    if facts.size is not None and facts.size <= 0:
        yield _fault(FaultKind.UNREADABLE, Level.BASIC, "The file is empty: it has 0 bytes.")
    elif media.picture is None and media.sound is None:
        text = "The file has neither pictures nor sound; it must have one of them."
        yield _fault(FaultKind.UNREADABLE, Level.BASIC, text)
    elif media.seconds <= 0:
        text = f"The file lasts {_seconds(media.seconds)}; it must last longer than 0 s."
        yield _fault(FaultKind.UNREADABLE, Level.BASIC, text)


def _content(media: Media, required: Requirements) -> Iterator[Fault]:
    use = f", so it cannot be {required.purpose}" if required.purpose else ""
    picture = media.picture
    if required.moving and picture is None:
        yield _unaccepted(f"The file has sound but no video{use}.")
    elif required.moving and picture is not None and picture.frames == 1 != required.frames:
        yield _unaccepted(f"The file is a still picture{use}.")
    if required.moving is False and picture is not None:
        yield _unaccepted(f"The file has moving pictures{use}.")
    if required.sound and media.sound is None:
        yield _unaccepted(f"The file has no sound{use}.")


def _limits(media: Media, required: Requirements) -> Iterator[Fault]:
    what, picture = required.what, media.picture
    if required.most_seconds is not None and media.seconds > required.most_seconds:
        most = _duration_text(required.most_seconds)
        yield _too_large(
            f"A {what} may last {most} at most; this one lasts {float(media.seconds):.1f} s."
        )
    if required.most_pixels is not None and picture is not None:
        text = too_many_pixels(picture.width, picture.height, required.most_pixels, "these have")
        if text is not None:
            yield _too_large(text)
    if required.most_streams is not None and media.streams > required.most_streams:
        yield _too_large(
            f"A {what} may have {required.most_streams} streams at most; "
            f"this one has {media.streams}."
        )


def _format(facts: FileFacts, required: Requirements) -> Iterator[Fault]:
    media, picture = facts.media, facts.media.picture
    if facts.container is not None:
        yield from _among("container", facts.container, required.containers)
    if picture is not None:
        yield from _among("video codec", picture.codec, required.video_codecs)
        yield from _picture_format(picture, required)
    if required.audio_codecs:
        yield from _among("audio codec", media.sound or "missing", required.audio_codecs)


def _picture_format(picture: Picture, required: Requirements) -> Iterator[Fault]:
    resolution, rate = (picture.width, picture.height), required.frame_rate
    if required.resolution is not None and resolution != required.resolution:
        width, height = required.resolution
        yield _different(f"It is {picture.width}x{picture.height} instead of {width}x{height}.")
    if rate is None or picture.frame_rate <= 0:
        return
    # The average rate follows from the duration, which is right to the frame.
    count = picture.frames or 1
    if abs(count / picture.frame_rate - count / rate) > 1 / rate:
        yield _different(
            f"It has {float(picture.frame_rate):.3f} frames per second instead of "
            f"{float(rate):.3f}."
        )


def _exactness(facts: FileFacts, required: Requirements) -> Iterator[Fault]:
    media, picture = facts.media, facts.media.picture
    expected, full = required.frames, Level.FULL
    if expected is not None and picture is not None and picture.frames != expected:
        yield _different(f"It has {picture.frames} frames instead of {expected}.", full)
    length = required.seconds
    if length is not None:
        if abs(media.seconds - length) > required.tolerance:
            text = f"It lasts {_seconds(media.seconds)} instead of {_seconds(length)}."
            yield _different(text, full)
        sound_length = facts.sound_seconds
        if sound_length is not None and abs(sound_length - length) > required.sound_tolerance:
            text = f"Its sound lasts {_seconds(sound_length)} instead of {_seconds(length)}."
            yield _different(text, full)
    if required.starts_fast and facts.starts_fast is False:
        yield _different("Players must download all of it before they can start.", full)
    decoded = facts.decoded_frames
    if required.decodes and decoded is not None and decoded != expected:
        yield _different(f"Only {decoded} of {expected} frames can be decoded.", full)


def _among(name: str, value: str, allowed: tuple[str, ...]) -> Iterator[Fault]:
    if allowed and value not in allowed:
        yield _different(f"Its {name} is {value} instead of {' or '.join(allowed)}.")


def _fault(kind: FaultKind, level: Level, sentence: str) -> Fault:
    return Fault(kind=kind, level=level, sentence=sentence)


def _unaccepted(sentence: str) -> Fault:
    return _fault(FaultKind.UNACCEPTED, Level.FORMAT, sentence)


def _too_large(sentence: str) -> Fault:
    return _fault(FaultKind.TOO_LARGE, Level.FORMAT, sentence)


def _different(sentence: str, level: Level = Level.FORMAT) -> Fault:
    return _fault(FaultKind.DIFFERENT, level, sentence)


def _seconds(value: Fraction) -> str:
    return f"{float(value):.3f} s"


def _duration_text(seconds: int) -> str:
    return f"{seconds // 60} minutes" if seconds > 120 and seconds % 60 == 0 else f"{seconds} s"
