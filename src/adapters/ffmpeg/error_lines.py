"""Lines that FFmpeg writes about a failure, fit to be shown to anybody."""

import re
from typing import Final

_PLACE: Final = re.compile(r"\s*@ ?0x[0-9a-fA-F]+")
"""Where in memory a part of FFmpeg lies: `[mov,mp4 @ 0x55d0c0ffee00]`."""
_ADDRESS: Final = re.compile(r"(?<!/ )\b0x[0-9a-fA-F]{6,}\b")
"""Any other address; what follows a slash is the four letters of a codec: `avc1 / 0x31637661`."""
_QUOTED: Final = re.compile(r"(?<=['\"])/(?:[^'\"]*/)?(?=[^'\"/]*['\"])")


def cleaned(line: str) -> str:
    """A line without addresses in memory, and without the folders of files named in quotes."""
    return _QUOTED.sub("", _ADDRESS.sub("an address", _PLACE.sub("", line)))
