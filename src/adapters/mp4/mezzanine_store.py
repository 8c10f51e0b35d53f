"""A store of joinable parts: normalised clips, encoded cuts and sounds."""

import hashlib
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Final

import msgspec

from adapters.mp4.errors import MismatchedTrack
from adapters.mp4.mezzanine_encoder import MezzanineEncoder
from adapters.mp4.mezzanines import require_alike
from adapters.mp4.own_clips import is_own, read_own
from adapters.mp4.reader import read_track
from adapters.mp4.samples import AAC_PACKET, Track
from adapters.mp4.track_cache import TrackCache
from application.concurrency.keyed_lock import KeyedLock
from application.concurrency.threads import Threads
from application.ports.artifact_cache import ArtifactCache
from application.ports.media_files import MediaFiles
from domain.blueprint.model import OutputConfig
from domain.blueprint.timeline import Crossfade, Cue, Cut, Soundtrack
from domain.shared.errors import UnreadableMedia

RATE: Final = 48_000
"""Samples per second of every sound."""

THREADS: Final = Threads("reading and joining films", 8)
"""Threads for all file access of this package."""


class MezzanineStore:
    """Joinable tracks from a cache; a `MezzanineEncoder` makes the missing ones."""

    def __init__(self, encoder: MezzanineEncoder, artifacts: ArtifactCache) -> None:
        self._encoder = encoder
        self._artifacts = artifacts
        self._locks = KeyedLock()
        self._samples: dict[str, Track] = {}
        self._profiles: dict[tuple[object, ...], str] = {}
        self._tracks = TrackCache()

    def track(self, path: Path) -> Track:
        """Return the video of any file, cached or not; raises `UnreadableTrack`."""
        return self._tracks.of(path) or read_track(path, "video")

    async def clip(self, path: str, files: MediaFiles, output: OutputConfig, folder: Path) -> Track:
        """Return a whole normalised clip."""
        properties = await files.known(path)
        profile = await self._profile(output)
        frames = self._encoder.frames_of_whole(properties.media.seconds, output)
        like = await self._sample(profile, output, folder)
        key = f"clip-{_digest(profile, properties.digest, frames)}"

        async def make(into: Path) -> None:
            await self._encoder.whole(path, files, output, into)

        return await self._cached(key, folder, make, partial(_film, like, frames))

    async def finished_clip(
        self, path: str, frames: int, files: MediaFiles, output: OutputConfig, folder: Path
    ) -> Track | None:
        """Return a clip that the service stored as a mezzanine of this output; None for any other.

        None too if it has fewer than ``frames`` frames. Nothing is encoded.
        """
        if not is_own(path):
            return None
        properties = await files.known(path)
        profile = await self._profile(output)
        like = await self._sample(profile, output, folder)
        into = folder / f"own-{_digest(profile, properties.digest)}.mp4"
        async with self._locks.of(str(into)):
            track = self._tracks.of(into)
            if track is None:
                source = await files.local(path)
                track = await THREADS.run(partial(read_own, source, into, profile, like))
                if track is not None:
                    self._tracks.keep(into, track)
        return track if track is not None and track.count >= frames else None

    async def cut(self, cut: Cut, files: MediaFiles, output: OutputConfig, folder: Path) -> Track:
        """Return a separately encoded cut."""
        profile = await self._profile(output)
        like = await self._sample(profile, output, folder)
        properties = await files.known(cut.clip)
        crossfade = cut.crossfade and await _crossfade_inputs(cut.crossfade, files)
        inputs = (cut.first, cut.frames, cut.rate, cut.fade_in, cut.fade_out, crossfade)
        key = f"cut-{_digest(profile, properties.digest, *inputs)}"

        async def make(into: Path) -> None:
            await self._encoder.normalise(cut, files, output, into)

        return await self._cached(key, folder, make, partial(_film, like, cut.frames))

    async def sound(self, soundtrack: Soundtrack, files: MediaFiles, folder: Path) -> Track:
        """Return the sound of a film: its whole song if the film has no other sound."""
        samples = soundtrack.frames * RATE // soundtrack.frame_rate
        whole: int | None = None
        inputs: list[object] = [await self._encoder.sound_profile(soundtrack)]
        if soundtrack.song is not None:
            properties = await files.known(soundtrack.song)
            if properties.media.sound is None:
                raise UnreadableMedia(f"The song {soundtrack.song!r} has no sound.")
            inputs.append(properties.digest)
            if _is_plain(soundtrack) and samples <= properties.media.seconds * RATE:
                whole = round(properties.media.seconds * RATE)
        if whole is None:
            inputs += [soundtrack.frames, soundtrack.frame_rate]
            inputs += [soundtrack.fade_in, soundtrack.fade_out]
            inputs += [await _cue_inputs(cue, files) for cue in soundtrack.cues]
        key = f"sound-{_digest(*inputs)}"

        async def make(into: Path) -> None:
            await self._encoder.encode_sound(soundtrack, files, into, whole)

        read = partial(_sound, samples if whole is None else whole)
        return await self._cached(key, folder, make, read)

    async def version(self, output: OutputConfig, soundtrack: Soundtrack) -> str:
        """Return everything that clips, cuts and sounds depend on, except their content."""
        program, picture = await self._encoder.version(), await self._profile(output)
        return "\n".join((program, picture, await self._encoder.sound_profile(soundtrack)))

    async def _cached(
        self,
        key: str,
        folder: Path,
        make: Callable[[Path], Awaitable[None]],
        read: Callable[[Path], Track],
    ) -> Track:
        """Get a file from the cache into a folder; it exists as long as the folder does."""
        into = folder / f"{key}.mp4"
        # Many cuts of a film use the same clip: they wait here, not in the cache.
        async with self._locks.of(str(into)):
            if (track := self._tracks.of(into)) is not None:
                return track
            read = partial(self._tracks.read, key, read)
            track = await self._artifacts.get_or_create(key, into, make, read)
            self._tracks.keep(into, track)
            return track

    async def _profile(self, output: OutputConfig) -> str:
        """Return the encoder's profile, which is cached because computing it takes time.

        FFmpeg may be replaced while the service runs; parts of the previous version are then not
        used.
        """
        inputs = (
            await self._encoder.version(),
            *(output.width, output.height, output.frame_rate),
            *(output.video_codec, output.video_bitrate),
        )
        if inputs not in self._profiles:
            self._profiles[inputs] = await self._encoder.profile(output)
        return self._profiles[inputs]

    async def _sample(self, profile: str, output: OutputConfig, folder: Path) -> Track:
        """Return a sample of a profile's films; each process makes its own,
        which is never cached.
        """
        async with self._locks.of(profile):
            if profile not in self._samples:
                into = folder / f"sample-{_digest(profile)}.mp4"
                await self._encoder.sample(output, into)
                self._samples[profile] = read_track(into, "video")
                await THREADS.run(into.unlink)
        return self._samples[profile]


def _is_plain(soundtrack: Soundtrack) -> bool:
    return not (soundtrack.cues or soundtrack.fade_in or soundtrack.fade_out)


async def _crossfade_inputs(crossfade: Crossfade, files: MediaFiles) -> list[object]:
    properties = await files.known(crossfade.clip)
    return [properties.digest, crossfade.first, crossfade.rate, crossfade.frames]


async def _cue_inputs(cue: Cue, files: MediaFiles) -> list[object]:
    properties = await files.known(cue.clip)
    return [properties.digest, cue.first, cue.frames, cue.rate, cue.volume]


def _digest(*inputs: object) -> str:
    return hashlib.sha256(msgspec.json.encode(inputs, enc_hook=str)).hexdigest()


def _film(like: Track, frames: int, path: Path) -> Track:
    """Read a film of ``frames`` frames that can be joined to others ``like`` it."""
    track = read_track(path, "video")
    require_alike(track, like, frames)
    return track


def _sound(samples: int, path: Path) -> Track:
    """Read a sound of ``samples`` samples; its header is exact only to one packet."""
    track = read_track(path, "audio")
    if track.timescale != RATE or abs(track.length - samples) > AAC_PACKET:
        raise MismatchedTrack("The sound's length differs from what was encoded.")
    return track
