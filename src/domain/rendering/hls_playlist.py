"""Playlists that play a film before it is rendered (RFC 8216)."""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from fractions import Fraction
from itertools import accumulate
from typing import Final

from domain.blueprint.model import bits
from domain.blueprint.timeline import Timeline
from domain.shared.errors import NotFound
from domain.shared.frame_time import nearest

PACKET: Final = 1024
"""Samples in one audio packet, which cannot be divided (AAC, ISO/IEC 14496-3)."""
SAMPLES: Final = 48_000
"""Audio samples per second."""
BEGINNING: Final = "init.mp4"
"""File name of the initialisation segment."""
_VERSION: Final = 7
"""Version of the playlists: required for fragmented MP4."""
_MICRO: Final = 1_000_000


class PreviewOutdated(NotFound):
    """Another version of the service or of FFmpeg made this preview; load `preview.m3u8` again."""

    code = "preview-outdated"


class Kind(StrEnum):
    """The content of a playlist; each kind has its own segments."""

    PICTURE = "picture"
    SOUND = "sound"


def playlist_name(kind: Kind) -> str:
    """Return the file name of a playlist; its segments are in a folder named after the kind."""
    return f"{kind}.m3u8"


def segment_name(index: int) -> str:
    """Return the file name of a segment, counted from 0."""
    return f"{index}.m4s"


def packets(timeline: Timeline) -> tuple[int, ...]:
    """Return the number of audio packets that have begun at the end of each audio segment.

    A segment ends with the packet in which a cut ends; cuts that end in the same packet share a
    segment.
    """
    rate = timeline.output.frame_rate
    frames = accumulate(cut.frames for cut in timeline.cuts)
    return tuple(dict.fromkeys(-(-end * SAMPLES // (rate * PACKET)) for end in frames))


def ends(kind: Kind, timeline: Timeline) -> tuple[Fraction, ...]:
    """Return the seconds from the film's start to the end of each segment; the
    last is the film's.
    """
    if kind is Kind.PICTURE:
        frames = accumulate(cut.frames for cut in timeline.cuts)
        return tuple(Fraction(end, timeline.output.frame_rate) for end in frames)
    whole = timeline.soundtrack.seconds
    return tuple(min(whole, Fraction(n * PACKET, SAMPLES)) for n in packets(timeline))


def main_playlist(timeline: Timeline, folder: str) -> str:
    """Return the main playlist; the playlists of picture and sound are in ``folder``.

    It omits the codecs' profiles, which are unknown before something is encoded.
    """
    output = timeline.output
    sound = {
        "TYPE": "AUDIO",
        "GROUP-ID": '"sound"',
        "NAME": '"Sound"',
        "DEFAULT": "YES",
        "AUTOSELECT": "YES",
        "CHANNELS": '"2"',
        "URI": f'"{folder}/{playlist_name(Kind.SOUND)}"',
    }
    # The video may exceed its bitrate by a quarter for a while.
    bandwidth = bits(output.video_bitrate) * 5 // 4 + bits(output.audio_bitrate)
    picture = {
        "BANDWIDTH": str(bandwidth),
        "RESOLUTION": f"{output.width}x{output.height}",
        "FRAME-RATE": f"{float(_most_frames(timeline)):.3f}",
        "AUDIO": sound["GROUP-ID"],
    }
    return _text(
        [
            *_opening(),
            f"#EXT-X-MEDIA:{_attributes(sound)}",
            f"#EXT-X-STREAM-INF:{_attributes(picture)}",
            f"{folder}/{playlist_name(Kind.PICTURE)}",
        ]
    )


def media_playlist(kind: Kind, timeline: Timeline) -> str:
    """Return the playlist of all segments of a kind, which are in a folder beside it.

    Durations are in microseconds, rounded so that each segment ends within half a microsecond of
    its exact time.
    """
    durations = list(_durations([nearest(end * _MICRO) for end in ends(kind, timeline)]))
    longest = nearest(Fraction(max(durations), _MICRO))
    lines = [
        *_opening(),
        "#EXT-X-PLAYLIST-TYPE:VOD",
        f"#EXT-X-TARGETDURATION:{max(1, longest)}",
        f'#EXT-X-MAP:URI="{kind}/{BEGINNING}"',
    ]
    for index, micro in enumerate(durations):
        lines.append(f"#EXTINF:{micro // _MICRO}.{micro % _MICRO:06d},")
        lines.append(f"{kind}/{segment_name(index)}")
    return _text([*lines, "#EXT-X-ENDLIST"])


def _opening() -> list[str]:
    return ["#EXTM3U", f"#EXT-X-VERSION:{_VERSION}", "#EXT-X-INDEPENDENT-SEGMENTS"]


def _durations(moments: Sequence[int]) -> Iterator[int]:
    before = 0
    for moment in moments:
        yield moment - before
        before = moment


def _most_frames(timeline: Timeline) -> Fraction:
    """Return the highest frame rate in frames per second; a faster cut may show all frames of its
    clip.
    """
    return max(
        Fraction(cut.pictures(timeline.output) * timeline.output.frame_rate, cut.frames)
        for cut in timeline.cuts
    )


def _attributes(values: dict[str, str]) -> str:
    return ",".join(f"{name}={value}" for name, value in values.items())


def _text(lines: Sequence[str]) -> str:
    return "".join(f"{line}\n" for line in lines)
