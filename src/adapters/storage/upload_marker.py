"""The mark of an object, which tells whose upload it came from."""

from typing import Final, cast

from adapters.storage.s3_client import Answer

MARK: Final = "put"
"""Name of the metadata that holds it."""


def marked(answer: Answer) -> str:
    """The mark of an object, by what the storage says of it; Google may name it its own way."""
    metadata = cast(dict[str, str], answer.get("Metadata") or {})
    headers = cast(dict[str, str], answer.get("ResponseMetadata", {}).get("HTTPHeaders", {}))
    return metadata.get(MARK) or headers.get(f"x-goog-meta-{MARK}", "")
