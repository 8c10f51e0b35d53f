"""The marker in an object's metadata that identifies its upload."""

from typing import Final, cast

from adapters.storage.s3_client import Answer

MARK: Final = "put"
"""Name of the metadata field."""


def marked(answer: Answer) -> str:
    """Return the marker in the storage's answer about an object; Google may use another header."""
    metadata = cast(dict[str, str], answer.get("Metadata") or {})
    headers = cast(dict[str, str], answer.get("ResponseMetadata", {}).get("HTTPHeaders", {}))
    return metadata.get(MARK) or headers.get(f"x-goog-meta-{MARK}", "")
