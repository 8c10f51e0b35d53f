"""Make the narrated video of a script."""

import asyncio
import hashlib
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Final
from uuid import UUID

import msgspec

from application.concurrency.shielding import finish_even_if_cancelled
from application.concurrency.threads import PLANNING
from application.media.fetched_files import FetchedFiles
from application.ports.artifact_cache import ArtifactCache
from application.ports.blueprints import BlueprintArchive
from application.ports.media_assets import MediaAssets
from application.ports.media_files import MediaFiles
from application.ports.media_probe import MediaProbe
from application.ports.narration_mixer import NarrationMixer, PlacedVoice
from application.ports.scripts import ScriptRepository
from application.ports.storage import Storage
from application.ports.workspace import Workspace
from application.rendering.attempt import Attempt
from application.rendering.film_pipeline import FilmPipeline
from application.rendering.film_room import FilmRoom
from application.rendering.finished_film import FinishedFilm
from application.rendering.record import Record
from application.rendering.task_tracking import TrackedTasks
from application.scripts.make_clips import MakeClips
from application.scripts.narrate import Narrator, Voice
from application.scripts.notes import Notes
from application.scripts.own_audio import Unplayable, find_audio
from application.scripts.scene_times import captions_for, spans_for
from domain.blueprint import rules
from domain.blueprint.model import Blueprint, BlueprintMove
from domain.rendering.assembly import FilmKind, Step
from domain.scripts import scenes as scenes_of_script
from domain.scripts.captions import Cue, webvtt
from domain.scripts.composition import (
    FRAME_RATE,
    Captions,
    CompositionSettings,
    VideoRequest,
    estimated_size,
    output_of,
)
from domain.scripts.narrated_video import NarratedVideo
from domain.scripts.scenes import Reading
from domain.scripts.script import Script
from domain.scripts.timing import LEAD, Span
from domain.shared import paths
from domain.shared.errors import MediaNotFound, MediaTaken, UnreadableMedia
from domain.shared.result_warnings import WarningCode

_REVISION: Final = 1
"""Changes whenever stored soundtracks must be mixed again."""


class ComposeVideo:
    """Speaks and illustrates the scenes, and joins them to a video."""

    def __init__(
        self,
        on_record: TrackedTasks,
        scripts: ScriptRepository,
        blueprints: BlueprintArchive,
        assets: MediaAssets,
        storage: Storage,
        artifacts: ArtifactCache,
        media_probe: MediaProbe,
        workspace: Workspace,
        narrator: Narrator,
        make_clips: MakeClips,
        mixer: NarrationMixer,
        film: FilmPipeline,
        room: FilmRoom,
        fetches: int,
    ) -> None:
        """Take the tracking of tasks, the ports, the parts of the work, the room for videos, and
        the number of parallel downloads.
        """
        self._on_record = on_record
        self._scripts = scripts
        self._blueprints = blueprints
        self._assets = assets
        self._storage = storage
        self._artifacts = artifacts
        self._media_probe = media_probe
        self._workspace = workspace
        self._narrator = narrator
        self._make_clips = make_clips
        self._mixer = mixer
        self._film = film
        self._room = room
        self._fetches = fetches

    async def __call__(
        self, request: VideoRequest, video_id: UUID, owner: str, attempt: Attempt | None = None
    ) -> FinishedFilm:
        """Return when the video is published; raises as `AssembleVideo`, and `ScriptNotFound`.

        Room in the quotas is held before the work begins.

        Whatever is missing or broken in the script's files, the voice or the image model has a
        stand-in, and a warning that names it.
        """
        async with self._on_record(video_id, owner, None, attempt, FilmKind.SCRIPT) as record:
            await record.take(Step.PLAN, "Making the voices and pictures")
            script = await self._scripts.get(request.script_id)
            blueprint = await self._earlier_blueprint(video_id, attempt)
            reading = await PLANNING.run(lambda: scenes_of_script.read(script.content))
            if blueprint is None:
                output_path, number = paths.film(owner, video_id), record.assembly.attempt
                size = estimated_size(request.settings, script.content)
                async with (
                    self._room.holding(output_path, number, size),
                    self._workspace.take(video_id) as folder,
                ):
                    blueprint = await self._blueprint(
                        script, reading, request, video_id, folder, record
                    )
            assembly = await self._film(blueprint, record)
            return await self._film.finished(assembly)

    async def _blueprint(
        self,
        script: Script,
        reading: Reading,
        request: VideoRequest,
        video_id: UUID,
        folder: Path,
        record: Record,
    ) -> Blueprint:
        """Make everything that the film is joined of, and return its plan."""
        settings, owner, notes = request.settings, script.owner, Notes()
        gate = asyncio.Semaphore(self._fetches)
        files = FetchedFiles(self._storage, self._artifacts, self._media_probe, folder, gate)
        scenes, total = reading.scenes, len(reading.scenes)
        language = settings.language or script.language

        async def on_voice(number: int) -> None:
            await record.tell("Speaking the scenes", number, 3 * total)

        async def on_clip(number: int) -> None:
            await record.tell("Making the scenes", total + 2 * number, 3 * total)

        voices = await self._narrator(
            scenes, language, settings, owner, files, folder, notes, on_voice
        )
        spans = spans_for(scenes, voices, settings, notes)
        cues = await PLANNING.run(lambda: captions_for(scenes, voices, spans))
        output = output_of(settings, paths.film(owner, video_id))
        clips = await self._make_clips(
            scenes, spans, cues, language, settings, output, owner, files, folder, notes, on_clip
        )
        music = await self._music(reading, settings, owner, files, notes)
        try:
            sound = await self._sound(voices, spans, music, folder)
        except UnreadableMedia as error:
            if music is None:
                raise
            # It passed the probe, and cannot be decoded.
            notes.add(WarningCode.MUSIC_LEFT_OUT, f"The music is not played: {error}")
            sound = await self._sound(voices, spans, None, folder)
        blueprint = Blueprint(
            task_id=video_id,
            audio_path=sound,
            moves=tuple(
                BlueprintMove(
                    video_path=clip,
                    start_time=span.first / FRAME_RATE,
                    duration=span.frames / FRAME_RATE,
                )
                for clip, span in zip(clips, spans, strict=True)
            ),
            output_config=output,
        )
        rules.check(blueprint, owner)
        await self._film.check(blueprint, owner)
        if notes.warnings:
            await record.note(notes.warnings)
        await self._keep(script, settings, video_id, cues, spans, language)
        await self._blueprints.keep(blueprint)
        return blueprint

    async def _earlier_blueprint(self, video_id: UUID, attempt: Attempt | None) -> Blueprint | None:
        """Return the plan that an earlier attempt has recorded after all of its files."""
        if attempt is None or attempt.number == 1:
            return None
        return await self._blueprints.find(video_id)

    async def _keep(
        self,
        script: Script,
        settings: CompositionSettings,
        video_id: UUID,
        cues: Sequence[Sequence[Cue]],
        spans: Sequence[Span],
        language: str,
    ) -> None:
        captions = None
        if settings.captions is not Captions.NONE:
            whole = [
                Cue(text=cue.text, start=cue.start + begin, end=cue.end + begin)
                for span, own in zip(spans, cues, strict=True)
                for begin in (Fraction(span.first, FRAME_RATE),)
                for cue in own
            ]
            captions = webvtt(whole, settings.language or script.language)
        video = NarratedVideo(
            video_id=video_id,
            owner=script.owner,
            script_id=script.script_id,
            title=script.title,
            settings=settings,
            captions=captions,
        )
        await finish_even_if_cancelled(self._scripts.keep_video(video))

    async def _music(
        self,
        reading: Reading,
        settings: CompositionSettings,
        owner: str,
        files: MediaFiles,
        notes: Notes,
    ) -> tuple[Path, str] | None:
        """Return the local file of the author's music and its digest."""
        name = reading.head.music
        if name is None or not settings.include_audio:
            return None
        try:
            own = await find_audio(self._assets, owner, name, files)
        except Unplayable as reason:
            notes.add(WarningCode.MUSIC_LEFT_OUT, f"The music {name!r} is not played: {reason}.")
            return None
        return own.file, own.properties.digest

    async def _sound(
        self,
        voices: Sequence[Voice | None],
        spans: Sequence[Span],
        music: tuple[Path, str] | None,
        folder: Path,
    ) -> str:
        """Return the storage path of the mixed sound, which is made unless it is stored."""
        last = spans[-1]
        seconds = Fraction(last.first + last.frames, FRAME_RATE)
        placed = [
            (voice, Fraction(span.first, FRAME_RATE) + LEAD)
            for voice, span in zip(voices, spans, strict=True)
            if voice is not None
        ]
        parts = [(voice.digest, at) for voice, at in placed]
        facts = (_REVISION, parts, music and music[1], seconds)
        digest = hashlib.sha256(msgspec.json.encode(facts, enc_hook=str)).hexdigest()
        path = f"assets/audio/{digest}.wav"
        try:
            await self._storage.describe(path)
        except MediaNotFound:
            into = folder / "sound.wav"
            files = [PlacedVoice(file=voice.file, at=at) for voice, at in placed]
            await self._mixer.mix(files, music and music[0], seconds, into)
            await finish_even_if_cancelled(self._store(into, path))
        return path

    async def _store(self, file: Path, path: str) -> None:
        try:
            await self._storage.put(file, path, may_take_ownership=True)
        except MediaTaken:
            # Another video has the same sound.
            return
