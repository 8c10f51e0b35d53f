"""Make the voices of a script's scenes."""

import hashlib
import logging
import os
from collections.abc import Awaitable, Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Final

import msgspec

from application.concurrency.threads import FILES
from application.media.store_file import digest_of
from application.ports.artifact_cache import ArtifactCache
from application.ports.media_assets import MediaAssets
from application.ports.media_files import MediaFiles
from application.ports.speech import Speech, Spoken, Utterance
from application.scripts.notes import Notes
from application.scripts.own_audio import Unplayable, find_audio
from domain.scripts.captions import SpokenWord
from domain.scripts.composition import CompositionSettings, Narration
from domain.scripts.errors import SpeechFailed, SpeechUnavailable
from domain.scripts.languages import Language
from domain.scripts.scenes import Scene
from domain.scripts.timing import LEAD, TAIL, speed_for
from domain.shared.errors import SpoiledFile
from domain.shared.result_warnings import WarningCode

_REVISION: Final = 1
"""Changes whenever cached voices must be made again."""

_LENGTH: Final = 8
"""Bytes of the length of the times, at the end of a file."""

_log = logging.getLogger("bachata.scripts")


class Voice(msgspec.Struct, frozen=True, kw_only=True):
    """The voice of one scene, as a file."""

    file: Path
    seconds: Fraction
    words: tuple[SpokenWord, ...] = ()
    digest: str
    """The same for the same sound."""


class _AnotherVoice(Exception):
    """Another voice than the preferred one has spoken."""

    def __init__(self, spoken: Spoken, file: Path) -> None:
        super().__init__(spoken.voice)
        self.spoken = spoken
        self.file = file


Told = Callable[[int], Awaitable[None]]
"""Receives the number of finished scenes."""


class Narrator:
    """Speaks scenes, and finds the author's recordings of them."""

    def __init__(self, speech: Speech, assets: MediaAssets, artifacts: ArtifactCache) -> None:
        """Take the ports."""
        self._speech = speech
        self._assets = assets
        self._artifacts = artifacts

    async def __call__(
        self,
        scenes: Sequence[Scene],
        language: Language,
        settings: CompositionSettings,
        owner: str,
        files: MediaFiles,
        folder: Path,
        notes: Notes,
        on_scene: Told,
    ) -> tuple[Voice | None, ...]:
        """Return the voice of each scene; None for a scene that is only seen.

        If the video would be longer than requested, the voice is faster, up to 1.4 times. What
        cannot be spoken or played is noted, and its scene is silent. Raises `DiskFull` and errors
        of the storage and the database.
        """
        if not settings.include_audio or settings.narration is Narration.NONE:
            return (None,) * len(scenes)
        recordings = [
            await self._recording(number, scene, owner, files, notes)
            for number, scene in enumerate(scenes, 1)
        ]
        spoken = settings.narration is Narration.VOICE
        if spoken and self._speech.voice(language) is None:
            notes.add(
                WarningCode.VOICE_UNAVAILABLE,
                f"No installed voice speaks the language {language!r}, so the video has no "
                "narration; install the extra `speech`.",
            )
            spoken = False
        speed = settings.narration_speed
        voices = await self._all(
            scenes, recordings, language, speed, folder, notes, on_scene, spoken
        )
        if settings.duration is not None and spoken:
            requested = Fraction(settings.duration).limit_denominator(1000)
            own = [voice for voice, each in zip(voices, recordings, strict=True) if not each]
            own_seconds = sum((voice.seconds for voice in own if voice), Fraction(0))
            pauses = (LEAD + TAIL) * len(scenes)
            pauses += sum((each.seconds for each in recordings if each), Fraction(0))
            faster = round(speed_for(own_seconds, pauses, requested, speed), 2)
            if faster > speed:
                voices = await self._all(
                    scenes, recordings, language, faster, folder, notes, on_scene, spoken
                )
        return voices

    async def _all(
        self,
        scenes: Sequence[Scene],
        recordings: Sequence[Voice | None],
        language: Language,
        speed: float,
        folder: Path,
        notes: Notes,
        on_scene: Told,
        spoken: bool,
    ) -> tuple[Voice | None, ...]:
        voices: list[Voice | None] = []
        for number, (scene, recording) in enumerate(zip(scenes, recordings, strict=True), 1):
            voice = recording
            if voice is None and spoken:
                utterance = Utterance(text=scene.text, language=language, speed=speed)
                voice = await self._spoken(number, utterance, folder, notes)
            voices.append(voice)
            await on_scene(number)
        return tuple(voices)

    async def _recording(
        self, number: int, scene: Scene, owner: str, files: MediaFiles, notes: Notes
    ) -> Voice | None:
        if scene.audio is None:
            return None
        try:
            own = await find_audio(self._assets, owner, scene.audio, files)
        except Unplayable as reason:
            notes.add(
                WarningCode.RECORDING_REPLACED,
                f"The recording {scene.audio!r} of scene {number} is not played: {reason}.",
            )
            return None
        properties = own.properties
        return Voice(file=own.file, seconds=properties.media.seconds, digest=properties.digest)

    async def _spoken(
        self, number: int, utterance: Utterance, folder: Path, notes: Notes
    ) -> Voice | None:
        voice = self._speech.voice(utterance.language)
        digest = hashlib.sha256(
            msgspec.json.encode((_REVISION, voice, msgspec.structs.astuple(utterance)))
        ).hexdigest()
        into = folder / f"voice-{digest}.wav"

        async def speak(path: Path) -> None:
            spoken = await self._speech.speak(utterance, path)
            if spoken.voice and spoken.voice != voice:
                # The cache must not keep it in place of the preferred voice.
                other = folder / f"other-{digest}.wav"
                await FILES.run(lambda: path.replace(other))
                raise _AnotherVoice(spoken, other)
            await FILES.run(lambda: _append(spoken, path))

        try:
            spoken = await self._artifacts.get_or_create(f"voice-{digest}", into, speak, _read)
        except (SpeechUnavailable, SpeechFailed) as error:
            _log.warning("a scene is not spoken: %s", error)
            notes.add(
                WarningCode.VOICE_UNAVAILABLE,
                f"Scene {number} is not spoken: {error}",
            )
            return None
        except _AnotherVoice as other:
            spoken, into = other.spoken, other.file
            notes.add(
                WarningCode.VOICE_REPLACED,
                f"Another voice than {voice!r} speaks: {spoken.voice!r}.",
            )
        # A voice on the network may say the same text in another way the next time.
        return Voice(
            file=into, seconds=spoken.seconds, words=spoken.words, digest=await digest_of(into)
        )


def _append(spoken: Spoken, path: Path) -> None:
    """Append the times to a WAV file, whose header says where the sound ends."""
    text = msgspec.json.encode(spoken, enc_hook=str)
    with path.open("ab") as file:
        file.write(text + len(text).to_bytes(_LENGTH))


def _read(path: Path) -> Spoken:
    try:
        with path.open("rb") as file:
            file.seek(-_LENGTH, os.SEEK_END)
            length = int.from_bytes(file.read())
            file.seek(-_LENGTH - length, os.SEEK_END)
            return msgspec.json.decode(file.read(length), type=Spoken, dec_hook=_fraction)
    except (OSError, ValueError, ArithmeticError) as error:
        raise SpoiledFile(details=str(error)) from None


def _fraction(kind: type, value: object) -> Fraction:
    if kind is not Fraction:
        raise ValueError(f"{kind.__name__} is not written so.")
    return Fraction(str(value))
