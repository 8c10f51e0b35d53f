"""The name under which a client saves a file (RFC 6266)."""

import re
from typing import Final
from urllib.parse import quote

from anyascii import anyascii

_LONGEST: Final = 150
"""Maximum characters of a name; most file systems allow 255 bytes."""
_FORBIDDEN: Final = re.compile(r'[\x00-\x1f\x7f-\x9f<>:"/\\|?*%\u2028-\u202e\u2066-\u2069]')
"""Characters that some file system or header refuses."""


def attachment(name: str) -> str:
    """Return the Content-Disposition that saves a file as ``name``, whose ending stays.

    The name is given twice: in ASCII, and in UTF-8 for clients that know RFC 8187.
    """
    stem, dot, ending = name.rpartition(".")
    plain = " ".join(_FORBIDDEN.sub(" ", stem).split()).strip(". ")[:_LONGEST].strip() or "video"
    plain = plain.encode(errors="ignore").decode() or "video"
    ascii_name = " ".join(_FORBIDDEN.sub(" ", anyascii(plain)).split())[:_LONGEST] or "video"
    full = f"{plain}{dot}{ending}"
    encoded = quote(full, safe="")
    return f"attachment; filename=\"{ascii_name}{dot}{ending}\"; filename*=UTF-8''{encoded}"
