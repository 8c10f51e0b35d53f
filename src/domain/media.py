"""What is known of a media file once it has been looked into."""

from fractions import Fraction

import msgspec


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """A film's picture."""

    codec: str
    width: int
    height: int
    frame_rate: Fraction
    """Average frames a second."""
    frames: int
    """Frames the container counts; 0 where it does not say."""


class Media(msgspec.Struct, frozen=True, kw_only=True):
    """A film or a sound file."""

    seconds: Fraction
    picture: Picture | None = None
    sound: str | None = None
    """The sound's codec; None when it is silent."""
