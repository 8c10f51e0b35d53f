"""The image model of a service without a key."""

from pathlib import Path

from domain.scripts.errors import ImageModelFailed


class NoImageModel:
    """Draws nothing."""

    available = False
    name = ""

    async def draw(self, text: str, portrait: bool, into: Path) -> None:
        """See `application.ports.image_model.ImageModel`; raises `ImageModelFailed`."""
        raise ImageModelFailed("There is no image model: set BACHATA_GEMINI_API_KEY.")
