"""The name under which a client saves a file (RFC 6266)."""

import re
from typing import Final
from urllib.parse import quote

from anyascii import anyascii

_LONGEST: Final = 150
"""Maximum characters of a name."""
_MOST_BYTES: Final = 240
"""Maximum bytes of a name in UTF-8, without its ending; most file systems allow 255 with it."""
_FORBIDDEN: Final = re.compile(r'[\x00-\x1f\x7f-\x9f<>:"/\\|?*%\u2028-\u202e\u2066-\u2069]')
"""Characters that some file system or header refuses."""


def attachment(name: str) -> str:
    """Return the Content-Disposition that saves a file as ``name``, whose ending stays.

    The name is given twice: in ASCII, and in UTF-8 for clients that know RFC 8187.
    """
    stem, dot, ending = name.rpartition(".")
    if not re.fullmatch("[A-Za-z0-9]{1,10}", ending):
        stem, dot, ending = name, "", ""
    full = file_stem(stem)
    plain = file_stem(anyascii(full))
    encoded = quote(f"{full}{dot}{ending}", safe="")
    return f"attachment; filename=\"{plain}{dot}{ending}\"; filename*=UTF-8''{encoded}"


def file_stem(text: str) -> str:
    """Return a text that every file system accepts as a name, `video` if nothing is left."""
    storable = text.encode(errors="ignore").decode()
    kept = " ".join(_FORBIDDEN.sub(" ", storable).split()).strip(". ")[:_LONGEST]
    return kept.encode()[:_MOST_BYTES].decode(errors="ignore").strip(". ") or "video"
