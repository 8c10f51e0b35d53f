"""The cuts and soundtracks that are prepared before the first film needs them."""

from fractions import Fraction
from typing import Final
from uuid import UUID

import msgspec

from domain.blueprint.model import OutputConfig, PictureFormat
from domain.blueprint.timeline import Cut, Soundtrack
from domain.library.moves import Move
from domain.shared import paths
from domain.shared.frame_time import exact, frame_at

ORDINARY: Final = OutputConfig(output_path=f"{paths.output_folder(paths.LOCAL_USER)}ordinary.mp4")
"""The default film; only its path is arbitrary."""

WORK: Final = UUID("4ea11000-0000-4000-8000-000000000000")
"""Names the work folders of this preparation; no task has this id."""


def output_in(picture: PictureFormat) -> OutputConfig:
    """Return the default film in another format of the picture."""
    return msgspec.structs.replace(ORDINARY, **msgspec.structs.asdict(picture))


def first_eight(move: Move, path: str, output: OutputConfig = ORDINARY) -> Cut:
    """Return the usual cut of a move at the start of a dance: eight counts from its first "1"."""
    rate = output.frame_rate
    first = frame_at(exact(move.first_count), rate)
    last = frame_at(exact(move.duration), rate)
    eight = frame_at(exact(move.eight_count), rate)
    return Cut(
        clip=path,
        first=min(first, max(last - 1, 0)),
        frames=max(1, min(eight, last - first)),
        rate=Fraction(1),
    )


def whole_clip(move: Move, path: str, output: OutputConfig = ORDINARY) -> Cut:
    """Return the whole clip of a move at its own speed."""
    frames = frame_at(exact(move.duration), output.frame_rate)
    return Cut(clip=path, first=0, frames=max(1, frames), rate=Fraction(1))


def whole_song(path: str, seconds: Fraction) -> Soundtrack:
    """Return the soundtrack of a default film with this song."""
    rate = ORDINARY.frame_rate
    return Soundtrack(
        frames=max(1, int(seconds * rate)),
        frame_rate=rate,
        codec=ORDINARY.audio_codec,
        bitrate=ORDINARY.audio_bitrate,
        song=path,
    )
