"""The parts of a request for a film that its maker does not need: metadata and a callback."""

from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from domain.shared.raw_json import NULL

MOST_METADATA: Final = 2_048
"""Maximum bytes of metadata, as JSON without spaces."""

Metadata = Annotated[
    dict[str, Any],
    Meta(
        description=(
            "Any object, up to 2 kB, which the answer, the events and the webhooks repeat as it is."
        )
    ),
]


class RequestOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The options of one request."""

    metadata: str | None = None
    """An object as JSON, which is passed through as it is."""
    callback_url: str | None = None
    """URL that is told of the end."""


NONE: Final = RequestOptions()


class _Texts(msgspec.Struct):
    metadata: msgspec.Raw = NULL


def metadata_in(body: bytes) -> str | None:
    """Return the text of the metadata in a body that is a JSON object, without spaces.

    It is never decoded: numbers and the order of names stay as they are.
    """
    text = bytes(msgspec.json.decode(body, type=_Texts).metadata)
    compact = msgspec.json.format(text, indent=-1).decode()
    return None if compact == "null" else compact
