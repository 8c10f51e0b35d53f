"""Count all packets of a file once, to find true durations and select tracks."""

from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from adapters.media import limits
from adapters.media.opened import codec_of, is_cover, is_taken, origin, refuse_codec
from adapters.media.patience import Patience
from domain.shared.errors import UnreadableMedia

if TYPE_CHECKING:
    from av.container import InputContainer

_COUNTED: Final = 1_000
"""Number of packets between two checks of the limit; a check costs more than reading a packet."""
_SLACK: Final = 1.0
"""Extra seconds that are counted, so that a refusal can name the exact duration."""


class Track:
    """Packets and times of one track."""

    def __init__(self, stream: Any) -> None:  # noqa: ANN401 - a stream of any kind
        """Start empty."""
        self.index: int = stream.index
        self.type: str = stream.type
        self.codec = codec_of(stream)
        self.packets = 0
        self._base = Fraction(stream.time_base or 0)
        self._first: int | None = None
        self._latest = 0
        self._end = 0

    def add(self, pts: int | None, duration: int) -> None:
        """Count a packet."""
        self.packets += 1
        if pts is None:
            return
        self._first = pts if self._first is None else min(self._first, pts)
        self._latest = max(self._latest, pts)
        self._end = max(self._end, pts + duration)

    def end(self, beginning: Fraction) -> Fraction:
        """Return the seconds from the file's ``beginning`` to the end of this
        track; 0 if unknown.
        """
        if self._first is None:
            return Fraction(0)
        end = self._end
        if end <= self._latest and self.packets > 1:
            # The last packet has no duration, so it gets the average.
            end = self._latest + (self._latest - self._first) // (self.packets - 1)
        return end * self._base - beginning


def survey(source: "InputContainer", seconds: float, patience: Patience) -> dict[int, Track]:
    """Read all packets without decoding; raises `TooLarge`, and `UnreadableMedia`.

    Stops soon after ``seconds``; the caller refuses a longer file.
    """
    streams = source.streams
    limits.keep("tracks", len(streams), limits.TRACKS)
    tracks = {
        stream.index: Track(stream) for stream in streams if stream.type in ("video", "audio")
    }
    if not tracks:
        return tracks
    latest = origin(source) + Fraction(seconds + _SLACK)
    # In the track's own time units: making a fraction for every packet takes longer than reading
    # it.
    last = {i: int(latest / (streams[i].time_base or Fraction(1))) for i in tracks}
    count = 0
    for packet in source.demux(*(streams[index] for index in tracks)):
        if packet.size == 0 or packet.is_discard:
            continue
        count += 1
        if count % _COUNTED == 0:
            limits.keep("packets", count, limits.PACKETS)
            patience.packets(_COUNTED)
        index, pts = packet.stream_index, packet.pts
        tracks[index].add(pts, packet.duration or 0)
        if pts is not None and pts > last[index]:
            break
    return tracks


def moving_picture(source: "InputContainer", tracks: dict[int, Track]) -> int | None:
    """Return the index of the first video track that is not a cover or a still picture.

    A file with nothing else may have a single picture. Raises `UnacceptedMedia` if all such tracks
    have codecs that are not accepted.
    """
    pictures = [each for each in source.streams.video if not is_cover(each)]
    moving = [each for each in pictures if tracks[each.index].packets > 1]
    if not moving and not source.streams.audio:
        moving = [each for each in pictures if tracks[each.index].packets]
    return _first_taken("picture", moving)


def sound_track(
    source: "InputContainer", tracks: dict[int, Track], is_silent: Callable[[int], bool]
) -> int | None:
    """Return the index of the main audio track; if it is silent, the first one with sound.

    Raises `UnacceptedMedia` if all tracks have codecs that are not accepted.
    """
    sounds = [each for each in source.streams.audio if tracks[each.index].packets]
    preferred = sorted(sounds, key=lambda each: not each.disposition & each.disposition.default)
    first = _first_taken("sound", preferred)
    if first is None or len(sounds) == 1 or not is_silent(first):
        return first
    others = [each.index for each in preferred if is_taken(each) and each.index != first]
    return next((index for index in others if not is_silent(index)), first)


def _first_taken(what: str, streams: list[Any]) -> int | None:
    index = next((each.index for each in streams if is_taken(each)), None)
    if index is None and streams:
        raise refuse_codec(what, streams[0])
    return index


def nothing_there(source: "InputContainer") -> UnreadableMedia:
    """Return the error for a file without video and audio."""
    if source.streams.audio:
        return UnreadableMedia("The sound of the file is empty: it has no samples.")
    if source.streams.video:
        return UnreadableMedia("The file has no moving picture and no sound.")
    return UnreadableMedia("The file has neither video nor sound.")
