"""Make the pictures of scenes in the documents: posters as the service makes them.

python -m scripts.scene_pictures
"""

import asyncio
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from PIL import Image

from adapters.ffmpeg.scene_encoder import FFmpegSceneEncoder
from adapters.media.caged import CagedProbe
from adapters.media.worker import MediaWorker
from domain.blueprint.model import OutputConfig
from domain.scripts.movement import Movement
from domain.scripts.palettes import Mood
from domain.scripts.shots import Shot, ShotStyle, ShownText

ROOT: Final = Path(__file__).resolve().parents[1]
PHOTO: Final = ROOT / "docs/images/demo.jpg"
SMALLER: Final = 2
"""The documents show posters at half their size."""


def shot(text: str, style: ShotStyle, mood: Mood, seed: int) -> Shot:
    """Return a scene of five seconds with one text."""
    return Shot(
        texts=(ShownText(text=text, first=0, frames=150),),
        frames=150,
        style=style,
        mood=mood,
        seed=seed,
        movement=Movement.RIGHT,
    )


SCENES: Final = {
    "card": (
        shot("La noche en que aprendimos a bailar bachata", "card", Mood.ROMANTIC, 1),
        None,
        (1280, 720),
    ),
    "caption": (
        shot("«¿Bailamos?», preguntó él, y la música empezó.", "caption", Mood.CALM, 1),
        PHOTO,
        (1280, 720),
    ),
    "portrait": (
        shot("A canção começa devagar, e o coração não tem pressa.", "caption", Mood.CALM, 2),
        PHOTO,
        (720, 1280),
    ),
}


def smaller(poster: Path) -> bytes:
    """Return a poster at the size for documents."""
    target = BytesIO()
    with Image.open(poster) as picture:
        size = picture.width // SMALLER, picture.height // SMALLER
        picture.resize(size, Image.Resampling.LANCZOS).save(target, "JPEG", quality=85)
    return target.getvalue()


async def make(folder: Path) -> None:
    """Write all pictures to `docs/pictures`."""
    worker = MediaWorker("entrypoints.media_worker")
    encoder = FFmpegSceneEncoder(CagedProbe(worker).details, at_once=1)
    try:
        for name, (scene, picture, (width, height)) in SCENES.items():
            output = OutputConfig(output_path="output/docs/film.mp4", width=width, height=height)
            await encoder.poster(scene, picture, output, folder / "poster.jpg")
            content = smaller(folder / "poster.jpg")
            write(ROOT / f"docs/pictures/scripts-{name}.jpg", content)
    finally:
        worker.close()


def write(path: Path, content: bytes) -> None:
    """Write a file."""
    path.write_bytes(content)


if __name__ == "__main__":
    with TemporaryDirectory() as name:
        asyncio.run(make(Path(name)))
