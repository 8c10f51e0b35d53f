"""The parts of a request for a film that its maker does not need: metadata and a callback."""

from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

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
    """What a client passes on with its request."""

    metadata: str | None = None
    """An object as JSON, which is passed through as it is."""
    callback_url: str | None = None
    """URL that is told of the end."""


NONE: Final = RequestOptions()


class _Texts(msgspec.Struct):
    metadata: msgspec.Raw = msgspec.Raw(b"null")
    callback_url: str | None = None


def options_in(body: bytes) -> RequestOptions:
    """Return the options in a body whose fields are valid, the metadata without spaces.

    The metadata is never decoded: numbers and the order of names stay as they are.
    """
    texts = msgspec.json.decode(body, type=_Texts)
    metadata = msgspec.json.format(bytes(texts.metadata), indent=-1).decode()
    return RequestOptions(
        metadata=None if metadata == "null" else metadata, callback_url=texts.callback_url
    )
