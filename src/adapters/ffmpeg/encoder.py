"""An encoder that uses FFmpeg for all steps."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import msgspec

from adapters.cage.cage import Cage, Limits
from adapters.ffmpeg.audio_filters import Level
from adapters.ffmpeg.commands import (
    build_decode_command,
    build_sample_command,
    build_sound_command,
)
from adapters.ffmpeg.cutting import make_cut, make_whole, whole_frames
from adapters.ffmpeg.ffmpeg_runner import FFmpegRunner, Find, Look, keep, temporary_folder
from adapters.ffmpeg.find import find_ffmpeg
from adapters.ffmpeg.inspection import facts_of
from adapters.ffmpeg.joining import join
from adapters.ffmpeg.profile import profile_of
from adapters.ffmpeg.progress import Progress
from adapters.ffmpeg.soundtrack import make_film, make_sound
from application.concurrency.threads import FILES
from application.monitoring.no_metrics import NO_METRICS
from application.ports.footage import Footage
from application.ports.media_files import MediaFiles
from application.ports.metrics import Metrics
from domain.blueprint.model import OutputConfig
from domain.blueprint.timeline import Cut, Soundtrack, Timeline
from domain.rendering.film_checks import refuse_flaws, requirements_of
from domain.shared.errors import FFmpegFailed, FilmFlawed, UnreadableMedia


class FFmpegEncoder:
    """A `ClipEncoder` and `Encoder` that runs up to ``at_once`` FFmpeg processes of one thread
    each.

    Every file is made in a temporary folder and renamed after it has been checked. Pieces made with
    equal outputs are joined without encoding.
    """

    def __init__(
        self,
        look: Look,
        find: Find = find_ffmpeg,
        *,
        at_once: int,
        limits: Limits | None = None,
        cage: Cage | None = None,
        metrics: Metrics = NO_METRICS,
    ) -> None:
        """Take the probe, the function that finds FFmpeg, and the limits of its processes."""
        self._runner = FFmpegRunner(
            look, find, at_once=at_once, limits=limits, cage=cage, metrics=metrics
        )

    @property
    def keeps(self) -> bool:
        """False, because every film is made from its clips."""
        return False

    async def normalise(
        self, cut: Cut, files: MediaFiles, output: OutputConfig, into: Path
    ) -> Footage:
        """Encode one cut at the film's size and frame rate: exactly ``cut.frames`` frames.

        Its frame j shows the clip's frame ``first + j * rate``, counted at the film's frame rate,
        which is always constant here. Raises `ClipTooShort` and `UnreadableMedia`, naming the
        clip's storage path.
        """
        with temporary_folder(into) as folder:
            draft = folder / "cut.mp4"
            await make_cut(self._runner, cut, files, output, draft)
            keep(draft, into)
        return Footage.whole(into, cut.frames)

    async def whole(self, clip: str, files: MediaFiles, output: OutputConfig, into: Path) -> None:
        """Encode a whole clip at the film's size and frame rate, with its last frame repeated.

        The result has `frames_of_whole` frames. Raises `UnreadableMedia`, naming the storage path.
        """
        with temporary_folder(into) as folder:
            draft = folder / "clip.mp4"
            await make_whole(self._runner, clip, files, output, draft)
            keep(draft, into)

    def frames_of_whole(self, seconds: Fraction, output: OutputConfig) -> int:
        """Return the number of frames that `whole` makes of a clip of ``seconds``."""
        return whole_frames(seconds, output.frame_rate)

    async def encode_sound(
        self, soundtrack: Soundtrack, files: MediaFiles, into: Path, samples: int | None = None
    ) -> Path:
        """Encode only the sound of a film: as long as the film, or ``samples`` at 48 kHz.

        Raises `UnreadableMedia`, naming the song's or the clip's storage path.
        """
        with temporary_folder(into) as folder:
            draft = folder / "sound.mp4"
            await make_sound(self._runner, soundtrack, files, draft, samples)
            keep(draft, into)
        return into

    async def sample(self, output: OutputConfig, into: Path) -> None:
        """Make a film of one black frame, encoded as all others are."""
        await self._runner.require(output.video_codec)
        with temporary_folder(into) as folder:
            draft = folder / "sample.mp4"
            command = build_sample_command(
                draft,
                output.frame_rate,
                width=output.width,
                height=output.height,
                codec=output.video_codec,
                bitrate=output.video_bitrate,
                ffmpeg=self._runner.ffmpeg,
            )
            await self._runner.run(command)
            keep(draft, into)

    async def version(self) -> str:
        """Return FFmpeg's version, libraries and build options; raises `FFmpegMissing`."""
        return await self._runner.build()

    async def sound_profile(self, soundtrack: Soundtrack) -> str:
        """Return everything that `encode_sound` depends on, except the files, the cues and the
        fades.
        """
        level = Level(gain=soundtrack.loudness, limited=True) if soundtrack.loudness else None
        argv = build_sound_command(
            "/song",
            "/made.mp4",
            soundtrack.codec,
            soundtrack.bitrate,
            samples=0,
            own_sound="/own",
            level=level,
        )
        return " ".join([await self._runner.generation(), *argv])

    async def profile(self, output: OutputConfig) -> str:
        """Return everything that `whole` and `normalise` depend on, except clip and cut."""
        return await profile_of(self._runner, output)

    async def concatenate(self, pieces: Sequence[Footage], into: Path) -> Footage:
        """Join pieces made with the same output, in order, without losing or adding frames."""
        with temporary_folder(into) as folder:
            draft = folder / "joined.mp4"
            frames = await join(self._runner, pieces, draft)
            keep(draft, into)
        return Footage.whole(into, frames)

    async def add_audio(
        self, film: Footage, soundtrack: Soundtrack, files: MediaFiles, into: Path
    ) -> None:
        """Write the finished film: unchanged frames, and sound of exactly the same duration.

        A film always has an audio track, even if it is silent. Raises `UnreadableMedia`, naming the
        song's or the clip's storage path.
        """
        with temporary_folder(into) as folder:
            draft = folder / "film.mp4"
            await make_film(self._runner, film, soundtrack, files, draft)
            keep(draft, into)

    async def inspect(self, film: Path, timeline: Timeline) -> None:
        """Raise `FilmFlawed` unless the film matches the timeline and decodes completely."""
        try:
            look = await self._runner.look(film)
        except UnreadableMedia as error:
            raise FilmFlawed("The film cannot be read.", details=error.details) from None
        required = requirements_of(timeline, joined=False)
        facts = await FILES.run(lambda: facts_of(film, look))
        refuse_flaws(facts, required)
        decoded = await self._decoded(film)
        refuse_flaws(msgspec.structs.replace(facts, decoded_frames=decoded), required)

    async def _decoded(self, film: Path) -> int:
        """Return the number of frames that can be decoded; raises `FilmFlawed`."""
        # The inspection is the last step of a film, so it may use all cores.
        progress = Progress()
        command = build_decode_command(
            film, threads=self._runner.at_once, ffmpeg=self._runner.ffmpeg
        )
        try:
            await self._runner.run(command, on_line=progress.read_line)
        except FFmpegFailed as error:
            raise FilmFlawed(
                "The film cannot be decoded to its end.", details=error.details
            ) from None
        return progress.frames

    async def self_test(self, output: OutputConfig, folder: Path) -> None:
        """Make a film of one frame in ``folder``; raises the error that prevents films."""
        await self.sample(output, folder / "self-test.mp4")

    async def ready(self) -> str:
        """Return the name of FFmpeg, such as 'ffmpeg 7.0.2 (imageio-ffmpeg)'; raises if it does not
        work.
        """
        return await self._runner.version()
