"""Clean FFmpeg's error lines for users."""

import re
from typing import Final

_PLACE: Final = re.compile(r"\s*@ ?0x[0-9a-fA-F]+")
"""A memory address in FFmpeg's prefix: `[mov,mp4 @ 0x55d0c0ffee00]`."""
_ADDRESS: Final = re.compile(r"(?<!/ )\b0x[0-9a-fA-F]{6,}\b")
"""Any other address; after a slash it is the four letters of a codec: `avc1 / 0x31637661`."""
_QUOTED: Final = re.compile(r"(?<=['\"])/(?:[^'\"]*/)?(?=[^'\"/]*['\"])")


def cleaned(line: str) -> str:
    """Return a line without memory addresses, and without the folders of quoted files."""
    return _QUOTED.sub("", _ADDRESS.sub("an address", _PLACE.sub("", line)))
