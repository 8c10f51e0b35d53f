"""Make the sound of a film: a song, the clips' own sound, or both, at the requested loudness."""

import asyncio
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import msgspec

from adapters.ffmpeg import filters
from adapters.ffmpeg.audio_filters import (
    BYTES_A_SAMPLE,
    FIRST,
    NEAR,
    AudioOptions,
    Level,
    Loudness,
    build_loudness_command,
    build_own_sound_command,
    corrected,
    levelled,
    loudness_in,
)
from adapters.ffmpeg.commands import build_add_audio_command, build_sound_command
from adapters.ffmpeg.cutting import audio_options_of, blame, film, media, require_frames
from adapters.ffmpeg.ffmpeg_runner import FFmpegRunner
from application.concurrency.threads import FILES
from application.ports.footage import Footage
from application.ports.media_files import MediaFiles
from domain.blueprint.timeline import Cue, Soundtrack
from domain.shared.errors import FFmpegFailed, UnreadableMedia

_MEASUREMENT: Final = 60
"""Number of last lines of a measurement that contain its result."""
_ROUNDS: Final = 4
"""Maximum measurements before encoding; one is enough for a song without limiting."""
_ENCODINGS: Final = 5
"""Maximum encodings; one or two are enough for most songs."""


async def make_film(
    runner: FFmpegRunner, footage: Footage, soundtrack: Soundtrack, files: MediaFiles, into: Path
) -> None:
    """Write the film with its sound; raises as the port's `add_audio` does."""
    film_file = footage.shots[0].takes[0].path
    try:
        parts = await _parts(runner, soundtrack, files, into)

        def command(level: Level | None) -> list[str]:
            return build_add_audio_command(
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
                level=level,
                audio_format=parts.form,
                audio=parts.audio,
                ffmpeg=runner.ffmpeg,
            )

        await _encode(runner, soundtrack, parts.level, command, into, None)
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

        def command(level: Level | None) -> list[str]:
            return build_sound_command(
                parts.song,
                into,
                soundtrack.codec,
                soundtrack.bitrate,
                samples=long,
                own_sound=parts.own,
                fade_in=filters.samples_in(soundtrack.fade_in, rate),
                fade_out=filters.samples_in(soundtrack.fade_out, rate),
                level=level,
                audio_format=parts.form,
                audio=parts.audio,
                ffmpeg=runner.ffmpeg,
            )

        await _encode(runner, soundtrack, parts.level, command, into, long)
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
    look = await media(runner, song, files)
    if look.media.sound is None:
        raise UnreadableMedia(f"The song {song!r} has no sound.")
    return look.form, audio_options_of(look)


async def _own_sound(
    runner: FFmpegRunner, soundtrack: Soundtrack, files: MediaFiles, into: Path
) -> Path | None:
    """Return the clips' own sound, cue after cue, as PCM; None if all of it is silent."""
    audible = {
        clip: look
        for clip in dict.fromkeys(cue.clip for cue in soundtrack.cues if cue.volume > 0)
        if (look := await film(runner, clip, files)).media.sound is not None
    }
    cues = [cue for cue in dict.fromkeys(soundtrack.cues) if cue.volume > 0 and cue.clip in audible]
    if not cues:
        return None
    parts = {cue: into.with_name(f"{index}.pcm") for index, cue in enumerate(cues)}

    async def make(cue: Cue) -> None:
        command = build_own_sound_command(
            await files.local(cue.clip),
            parts[cue],
            first=cue.first,
            frames=cue.frames,
            frame_rate=soundtrack.frame_rate,
            rate=cue.rate,
            volume=cue.volume,
            input_format=audible[cue.clip].form,
            audio=audio_options_of(audible[cue.clip]),
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
    await FILES.run(lambda: _spliced(soundtrack, parts, into))
    return into


def _spliced(soundtrack: Soundtrack, parts: Mapping[Cue, Path], into: Path) -> None:
    """Write each cue's sound at its place; missing parts are silent."""
    frame, rate = 0, soundtrack.frame_rate
    with into.open("wb") as whole:
        for cue in soundtrack.cues:
            whole.seek(filters.samples_in(frame, rate) * BYTES_A_SAMPLE)
            if cue in parts:
                with parts[cue].open("rb") as part:
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
            samples=_long(soundtrack, samples),
            fade_in=filters.samples_in(soundtrack.fade_in, rate),
            fade_out=filters.samples_in(soundtrack.fade_out, rate),
            level=level,
            audio_format=form,
            audio=audio,
            ffmpeg=runner.ffmpeg,
        )
        loudness = await _loudness(runner, command)
        if loudness is None:
            return level
        level = levelled(loudness, soundtrack.loudness, level)
        if not level.limited or abs(loudness.integrated - soundtrack.loudness) < NEAR:
            break
    return level


async def _encode(
    runner: FFmpegRunner,
    soundtrack: Soundtrack,
    level: Level | None,
    command: Callable[[Level | None], list[str]],
    into: Path,
    samples: int | None,
) -> None:
    """Encode a sound at a level, and again at a better one while its loudness or its peaks are
    wrong.
    """
    await runner.run(command(level))
    if level is None or soundtrack.loudness is None:
        return
    measure = build_loudness_command(
        into,
        None,
        samples=_long(soundtrack, samples),
        audio_format="mov",
        ffmpeg=runner.ffmpeg,
    )
    for rounds in reversed(range(_ENCODINGS - 1)):
        loudness = await _loudness(runner, measure)
        if loudness is None:
            return
        better = corrected(loudness, soundtrack.loudness, level, last=rounds == 0)
        if better == level:
            return
        level = better
        await runner.run(command(level))


def _long(soundtrack: Soundtrack, samples: int | None) -> int:
    whole = filters.samples_in(soundtrack.frames, soundtrack.frame_rate)
    return whole if samples is None else samples


async def _loudness(runner: FFmpegRunner, command: list[str]) -> Loudness | None:
    """Return what a measuring command finds; None for silence."""
    lines = await runner.run(command, tail=_MEASUREMENT)
    try:
        return loudness_in(lines)
    except ValueError:
        raise FFmpegFailed("The loudness could not be measured.") from None
