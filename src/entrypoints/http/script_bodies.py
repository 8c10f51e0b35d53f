"""Bodies of requests about scripts and their videos."""

from functools import partial
from typing import Annotated, Any, Final
from uuid import UUID

import msgspec
from litestar import Request
from litestar.exceptions import HTTPException
from msgspec import Meta

from application.jobs.request_options import Metadata, RequestOptions
from domain.scripts.composition import VideoRequest
from domain.scripts.languages import Language
from domain.scripts.script import MAX_BYTES, MAX_CHARACTERS, decoded
from domain.shared.errors import TooLarge
from domain.shared.texts import Name
from domain.webhooks.addresses import WebhookUrl
from entrypoints.http.film_bodies import split
from entrypoints.http.request_bodies import JSON, Unread, read_body

_TEXTS: Final = ("text/plain", "text/markdown")
_ODD: Final = r"\x00-\x08\x0b-\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069"
_TEXT: Final = rf"^[^{_ODD}]*[^\s{_ODD}][^{_ODD}]*$(?!\n)"
"""Pattern for JSON Schema of a text that is not empty, without control characters."""
_LARGEST: Final = 6 * MAX_BYTES
"""Bytes of a JSON body; each character may be written as an escape of up to 12 bytes."""


class ScriptUpload(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new script."""

    content: Annotated[
        str,
        Meta(
            min_length=1,
            extra_json_schema={"pattern": _TEXT},
            description=(
                f"The text, up to {MAX_CHARACTERS:,} characters. Paragraphs are scenes; see "
                "docs/SCRIPTS.md."
            ),
        ),
    ]
    title: Name | None = None
    language: Language | None = None
    """Language of the text; recognised if it is not given."""


class ScriptBody(Request[Any, Any, Any]):
    """A request with a script: as JSON, or as plain text, which becomes the content."""

    async def body(self) -> bytes:
        """Return the body as JSON; raises 415 for another type, and `TooLarge`."""
        kind, _ = self.content_type
        if kind not in (JSON, *_TEXTS):
            known = f"{JSON}, {' or '.join(_TEXTS)}"
            reason = f"The body must be {known}, not {kind[:80] or 'a body without a type'}."
            raise HTTPException(reason, status_code=415, headers={"Accept": JSON})
        body = await super().body()
        if len(body) > _LARGEST:
            raise TooLarge(f"A script may have {MAX_CHARACTERS:,} characters at most.")
        return body if kind == JSON else msgspec.json.encode({"content": decoded(body)})

    async def json(self) -> bytes:
        """Return the unparsed text of the body."""
        return await self.body()


class UnreadScript(Unread):
    """A body that should be a new script."""

    kind = ScriptUpload

    async def script(self) -> ScriptUpload:
        """Return the script; raises `InvalidRequest` with every violation."""
        return await self._read(partial(read_body, kind=ScriptUpload))


class ScriptVideoRequest(VideoRequest, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A request for the video of a script."""

    metadata: Metadata | None = None
    callback_url: WebhookUrl | None = None
    """URL that is told of the end, signed as webhooks are."""


class UnreadVideoRequest(Unread):
    """A body that should be a request for the video of a script."""

    kind = ScriptVideoRequest

    async def request(self) -> tuple[VideoRequest, RequestOptions]:
        """Return the request and its options; raises `InvalidRequest` with every violation."""
        return await self._read(partial(split, whole=self.kind, kind=VideoRequest))


class UploadedScript(msgspec.Struct, frozen=True, kw_only=True):
    """A stored script."""

    script_id: UUID
    title: str
    language: Language
    scenes: int
    """Number of scenes of its videos."""
    characters: int
