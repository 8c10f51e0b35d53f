"""Make the sound of a film: a song, the clips' own sound, or both, at the requested loudness."""

import asyncio
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

from adapters.ffmpeg import filters
from adapters.ffmpeg.audio_filters import (
    BYTES_A_SAMPLE,
    FIRST,
    AudioOptions,
    Level,
    build_loudness_command,
    build_own_sound_command,
    levelled,
    loudness_in,
)
from adapters.ffmpeg.commands import build_add_audio_command, build_sound_command
from adapters.ffmpeg.cutting import blame, film, heard_in, media, require_frames
from adapters.ffmpeg.ffmpeg_runner import FFmpegRunner
from application.concurrency.threads import FILES
from application.ports.footage import Footage
from application.ports.media_files import MediaFiles
from domain.blueprint.timeline import Cue, Soundtrack
from domain.shared.errors import FFmpegFailed, UnreadableMedia

_MEASUREMENT: Final = 60
"""Number of last lines of a measurement that contain its result."""
_ROUNDS: Final = 4
"""Maximum measurements; one is enough for a song without limiting."""
_NEAR: Final = 0.3
"""Inaudible difference in LU."""


async def make_film(
    runner: FFmpegRunner, footage: Footage, soundtrack: Soundtrack, files: MediaFiles, into: Path
) -> None:
    """Write the film with its sound; raises as the port's `add_audio` does."""
    film_file = footage.shots[0].takes[0].path
    try:
        parts = await _parts(runner, soundtrack, files, into)
        command = build_add_audio_command(
            film_file,
            parts.song,
            into,
            "copy",
            soundtrack.codec,
            "",
            soundtrack.bitrate,
            own_sound=parts.own,
            frames=soundtrack.frames,
            frame_rate=soundtrack.frame_rate,
            fade_in=soundtrack.fade_in,
            fade_out=soundtrack.fade_out,
            level=parts.level,
            audio_format=parts.form,
            audio=parts.audio,
            ffmpeg=runner.ffmpeg,
        )
        await runner.run(command)
        await require_frames(runner, into, footage.frames)
    except FFmpegFailed as failure:
        await blame(runner, [soundtrack.song] if soundtrack.song else [], files, failure)


async def make_sound(
    runner: FFmpegRunner, soundtrack: Soundtrack, files: MediaFiles, into: Path, samples: int | None
) -> None:
    """Write only the sound, for ``samples`` samples or for the soundtrack's duration.

    Raises as the port's `add_audio` does.
    """
    rate = soundtrack.frame_rate
    long = filters.samples_in(soundtrack.frames, rate) if samples is None else samples
    try:
        parts = await _parts(runner, soundtrack, files, into, long)
        command = build_sound_command(
            parts.song,
            into,
            soundtrack.codec,
            soundtrack.bitrate,
            samples=long,
            own_sound=parts.own,
            fade_in=filters.samples_in(soundtrack.fade_in, rate),
            fade_out=filters.samples_in(soundtrack.fade_out, rate),
            level=parts.level,
            audio_format=parts.form,
            audio=parts.audio,
            ffmpeg=runner.ffmpeg,
        )
        await runner.run(command)
    except FFmpegFailed as failure:
        await blame(runner, [soundtrack.song] if soundtrack.song else [], files, failure)


class _Parts(msgspec.Struct, frozen=True, kw_only=True):
    """The parts of a soundtrack's mix."""

    song: Path | None
    form: str
    """The song's container."""
    audio: AudioOptions
    own: Path | None
    """The clips' own sound, as PCM."""
    level: Level | None


async def _parts(
    runner: FFmpegRunner,
    soundtrack: Soundtrack,
    files: MediaFiles,
    into: Path,
    samples: int | None = None,
) -> _Parts:
    form, audio = await _song_read(runner, soundtrack.song, files)
    own = await _own_sound(runner, soundtrack, files, into.with_suffix(".pcm"))
    song = await files.local(soundtrack.song) if soundtrack.song is not None else None
    level = await _level(runner, soundtrack, song, form, audio, own, samples)
    return _Parts(song=song, form=form, audio=audio, own=own, level=level)


async def _song_read(
    runner: FFmpegRunner, song: str | None, files: MediaFiles
) -> tuple[str, AudioOptions]:
    """Return the song's container and track; raises `UnreadableMedia` for a file without sound."""
    if song is None:
        return "", FIRST
    seen = await media(runner, song, files)
    if seen.media.sound is None:
        raise UnreadableMedia(f"The song {song!r} has no sound.")
    return seen.form, heard_in(seen)


async def _own_sound(
    runner: FFmpegRunner, soundtrack: Soundtrack, files: MediaFiles, into: Path
) -> Path | None:
    """Return the clips' own sound, cue after cue, as PCM; None if all of it is silent."""
    audible = {
        clip: seen
        for clip in dict.fromkeys(cue.clip for cue in soundtrack.cues if cue.volume > 0)
        if (seen := await film(runner, clip, files)).media.sound is not None
    }
    cues = [cue for cue in dict.fromkeys(soundtrack.cues) if cue.volume > 0 and cue.clip in audible]
    if not cues:
        return None
    made = {cue: into.with_name(f"{index}.pcm") for index, cue in enumerate(cues)}

    async def make(cue: Cue) -> None:
        command = build_own_sound_command(
            await files.local(cue.clip),
            made[cue],
            first=cue.first,
            frames=cue.frames,
            frame_rate=soundtrack.frame_rate,
            rate=cue.rate,
            volume=cue.volume,
            input_format=audible[cue.clip].form,
            audio=heard_in(audible[cue.clip]),
            ffmpeg=runner.ffmpeg,
        )
        try:
            await runner.run(command)
        except FFmpegFailed as failure:
            await blame(runner, [cue.clip], files, failure)

    try:
        async with asyncio.TaskGroup() as group:
            for cue in cues:
                group.create_task(make(cue))
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from None
    await FILES.run(lambda: _spliced(soundtrack, made, into))
    return into


def _spliced(soundtrack: Soundtrack, made: Mapping[Cue, Path], into: Path) -> None:
    """Write each cue's sound at its place; missing parts are silent."""
    frame, rate = 0, soundtrack.frame_rate
    with into.open("wb") as whole:
        for cue in soundtrack.cues:
            whole.seek(filters.samples_in(frame, rate) * BYTES_A_SAMPLE)
            if cue in made:
                with made[cue].open("rb") as part:
                    shutil.copyfileobj(part, whole)
            frame += cue.frames
        whole.truncate(filters.samples_in(soundtrack.frames, rate) * BYTES_A_SAMPLE)


async def _level(
    runner: FFmpegRunner,
    soundtrack: Soundtrack,
    song: Path | None,
    form: str,
    audio: AudioOptions,
    own: Path | None,
    samples: int | None,
) -> Level | None:
    """Return the level for the requested loudness; None if there is no request.

    A limiter reduces the loudness slightly, so limited sound is measured again.
    """
    if soundtrack.loudness is None or (song is None and own is None):
        return None
    rate = soundtrack.frame_rate
    level: Level | None = None
    for _ in range(_ROUNDS):
        command = build_loudness_command(
            song,
            own,
            samples=filters.samples_in(soundtrack.frames, rate) if samples is None else samples,
            fade_in=filters.samples_in(soundtrack.fade_in, rate),
            fade_out=filters.samples_in(soundtrack.fade_out, rate),
            level=level,
            audio_format=form,
            audio=audio,
            ffmpeg=runner.ffmpeg,
        )
        lines = await runner.run(command, tail=_MEASUREMENT)
        try:
            measured = loudness_in(lines)
        except ValueError:
            raise FFmpegFailed("The loudness could not be measured.") from None
        if measured is None:
            return level
        level = levelled(measured, soundtrack.loudness, level)
        if not level.limited or abs(measured.integrated - soundtrack.loudness) < _NEAR:
            break
    return level
