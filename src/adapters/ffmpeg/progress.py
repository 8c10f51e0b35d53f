"""How far FFmpeg has come, as told by `-progress pipe:1`."""

from collections.abc import Callable

import msgspec


class Progress(msgspec.Struct):
    """The latest counts; `hear` takes one line of FFmpeg's standard output."""

    frames: int = 0
    microseconds: int = 0
    """Length of what has been written."""
    tell: Callable[[int], None] | None = None
    """Called with the number of frames whenever FFmpeg has reported."""

    def hear(self, line: str) -> None:
        """Take one `key=value` line; what is no number is passed over."""
        key, _, value = line.partition("=")
        value = value.strip()
        if key == "frame" and value.isdecimal():
            self.frames = int(value)
        elif key == "out_time_us" and value.isdecimal():
            self.microseconds = int(value)
        elif key == "progress" and self.tell:
            self.tell(self.frames)
