"""A server on this machine that answers with files as Gemini does, well or badly."""

import base64
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from adapters.image_model.gemini import GeminiImageModel
from tests.cases.description_model.server import KEY, PATIENT, GeminiServer, Script, ok, serving

PNG = b"\x89PNG\r\n\x1a\n" + bytes(1_000)
JPEG = b"\xff\xd8\xff\xe0" + bytes(1_000)


def sends(content: bytes, kind: str = "image/png", finish: str = "STOP") -> bytes:
    """An answer with a file."""
    data = {"mimeType": kind, "data": base64.b64encode(content).decode()}
    parts = [{"text": "Here it is."}, {"inlineData": data}]
    content_ = {"role": "model", "parts": parts}
    return ok({"candidates": [{"content": content_, "finishReason": finish, "index": 0}]})


@asynccontextmanager
async def drawing(
    script: Script, limit: float = PATIENT
) -> AsyncGenerator[tuple[GeminiImageModel, GeminiServer]]:
    """The real adapter with the real client, and the server it calls; both are gone afterwards."""
    async with serving(script) as server:
        model = GeminiImageModel(KEY, "some-model", limit, server.url)
        try:
            yield model, server
        finally:
            await model.close()


def files_in(folder: Path) -> list[str]:
    """Return the names of all files in a folder."""
    return sorted(each.name for each in folder.iterdir())
