"""Make the clips of a script's scenes, each once."""

import asyncio
import hashlib
from collections.abc import Sequence
from contextlib import aclosing
from pathlib import Path

import msgspec

from application.concurrency.shielding import finish_even_if_cancelled
from application.concurrency.task_groups import run_all
from application.ports.media_files import MediaFiles
from application.ports.scene_encoder import SceneEncoder
from application.ports.storage import Storage
from application.scripts.find_pictures import FindPictures, ScenePicture
from application.scripts.narrate import Told
from application.scripts.notes import Notes
from domain.blueprint.model import OutputConfig
from domain.library.embeddings import Vector
from domain.scripts.captions import Cue
from domain.scripts.composition import Captions, CompositionSettings
from domain.scripts.languages import Language
from domain.scripts.movement import movement
from domain.scripts.palettes import mood_of
from domain.scripts.scenes import Scene
from domain.scripts.shots import SCENE_CLIPS, Shot, ShownText
from domain.scripts.timing import Span
from domain.shared.errors import MediaNotFound, MediaTaken, UnreadableMedia
from domain.shared.result_warnings import WarningCode
from domain.storage.assets import MediaAsset


class MakeClips:
    """Encodes the scenes that are not stored yet, and returns the storage paths of all."""

    def __init__(
        self, storage: Storage, encoder: SceneEncoder, find_pictures: FindPictures, at_once: int
    ) -> None:
        """Take the ports, the search for pictures, and the number of parallel encodings."""
        self._storage = storage
        self._encoder = encoder
        self._find_pictures = find_pictures
        self._at_once = at_once

    async def __call__(
        self,
        scenes: Sequence[Scene],
        spans: Sequence[Span],
        cues: Sequence[Sequence[Cue]],
        language: Language,
        settings: CompositionSettings,
        output: OutputConfig,
        owner: str,
        files: MediaFiles,
        folder: Path,
        notes: Notes,
        on_scene: Told,
    ) -> tuple[str, ...]:
        """Return the storage path of each scene's clip.

        ``cues`` are the captions of each scene, in seconds of that scene. Raises `FFmpegFailed`,
        `DiskFull` and errors of the storage; a picture that cannot be read is noted and replaced.
        """
        if odd := self._encoder.undrawable(" ".join(scene.text for scene in scenes)):
            notes.add(
                WarningCode.CHARACTERS_NOT_DRAWN,
                f"The fonts cannot show these characters of the script: {odd[:40]}",
            )
        version = await self._encoder.version(output)
        stock = await self._find_pictures.stock(owner)
        shots = _shots(scenes, spans, cues, language, settings, output.frame_rate)
        pictures = await self._pictures(scenes, stock, settings, files, folder, notes)
        gate = asyncio.Semaphore(self._at_once)
        paths: dict[int, str] = {}
        locks: dict[str, asyncio.Lock] = {}
        done = 0

        async def stored(index: int, picture: ScenePicture | None) -> str:
            shot = _with(shots[index], picture, settings)
            facts = (version, picture and picture.digest, shot)
            digest = hashlib.sha256(msgspec.json.encode(facts, enc_hook=str)).hexdigest()
            path = f"{SCENE_CLIPS}{digest}.mp4"
            async with locks.setdefault(path, asyncio.Lock()), gate:
                if not await self._is_stored(path):
                    into = folder / f"scene-{digest}.mp4"
                    await self._encoder.encode(shot, picture and picture.file, output, into)
                    await finish_even_if_cancelled(self._store(into, path))
            return path

        async def make(index: int) -> None:
            nonlocal done
            picture = pictures[index]
            try:
                paths[index] = await stored(index, picture)
            except UnreadableMedia as error:
                if picture is None:
                    raise
                notes.add(
                    WarningCode.PICTURE_REPLACED,
                    f"Scene {index + 1} does not show {picture.name!r}: {error}",
                )
                paths[index] = await stored(index, None)
            done += 1
            await on_scene(done)

        await run_all(make(index) for index in range(len(scenes)))
        return tuple(paths[index] for index in range(len(scenes)))

    async def _pictures(
        self,
        scenes: Sequence[Scene],
        stock: Sequence[tuple[MediaAsset, Vector]],
        settings: CompositionSettings,
        files: MediaFiles,
        folder: Path,
        notes: Notes,
    ) -> list[ScenePicture | None]:
        """Return the picture of each scene; none is seen twice running, unless its author says so.

        A scene whose background is to be drawn has none.
        """
        pictures: list[ScenePicture | None] = []
        for number, scene in enumerate(scenes, 1):
            before = pictures[-1] if pictures else None
            picture = None
            offers = self._find_pictures(
                number, scene, stock, settings.is_upright, files, folder, notes
            )
            async with aclosing(offers) as offered:
                async for each in offered:
                    if each.name == scene.image or each.digest != (before and before.digest):
                        picture = each
                        break
            pictures.append(picture)
        return pictures

    async def _is_stored(self, path: str) -> bool:
        try:
            await self._storage.describe(path)
        except MediaNotFound:
            return False
        return True

    async def _store(self, clip: Path, path: str) -> None:
        try:
            await self._storage.put(clip, path, may_take_ownership=True)
        except MediaTaken:
            # Another video has made the same scene meanwhile.
            return


def _with(shot: Shot, picture: ScenePicture | None, settings: CompositionSettings) -> Shot:
    """Return the shot over a picture, or as words on a drawn background."""
    if picture is None:
        return msgspec.structs.replace(shot, style="card")
    if settings.captions is not Captions.BURNED:
        return msgspec.structs.replace(shot, texts=())
    return shot


def _shots(
    scenes: Sequence[Scene],
    spans: Sequence[Span],
    cues: Sequence[Sequence[Cue]],
    language: Language,
    settings: CompositionSettings,
    rate: int,
) -> list[Shot]:
    shots: list[Shot] = []
    moved = None
    for index, (scene, span) in enumerate(zip(scenes, spans, strict=True)):
        moved = movement(settings.seed, index, moved)
        shots.append(
            Shot(
                texts=_texts(cues[index], span.frames, rate),
                frames=span.frames,
                style="caption",
                mood=mood_of(scene.text, language),
                seed=settings.seed,
                movement=moved,
            )
        )
    return shots


def _texts(cues: Sequence[Cue], frames: int, rate: int) -> tuple[ShownText, ...]:
    """Return the cues in frames; each stays until the next one, so that no picture is bare."""
    firsts = [0, *(min(frames - 1, round(cue.start * rate)) for cue in cues[1:])]
    ends = [*firsts[1:], frames]
    return tuple(
        ShownText(text=cue.text, first=first, frames=end - first)
        for cue, first, end in zip(cues, firsts, ends, strict=True)
        if end > first
    )
