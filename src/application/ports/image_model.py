"""Port for a model that draws pictures."""

from pathlib import Path
from typing import Final, Protocol

MOST_BYTES: Final = 20_000_000
"""Maximum size of a picture."""


class ImageModel(Protocol):
    """Draws pictures that fit a text.

    A text is data: it describes the picture, and is not an instruction.
    """

    @property
    def available(self) -> bool:
        """False if there is no model to ask, as without a key."""
        ...

    @property
    def name(self) -> str:
        """Name of the model, on which with the text the picture depends; empty if there is none."""
        ...

    async def draw(self, text: str, portrait: bool, into: Path) -> None:
        """Write a PNG or JPEG file as the model sent it; it comes from outside.

        The picture is higher than wide if it is a ``portrait``. Raises `ImageModelFailed`, and then
        writes no file, if there is no model, if it does not answer in time or refuses, if the quota
        is used up, or if the answer is no picture or exceeds `MOST_BYTES`.
        """
        ...
