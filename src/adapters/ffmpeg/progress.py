"""Parse FFmpeg's progress reports (`-progress pipe:1`)."""

from collections.abc import Callable

import msgspec


class Progress(msgspec.Struct):
    """The latest counts; `hear` takes one line of FFmpeg's standard output."""

    frames: int = 0
    microseconds: int = 0
    """Duration of the written output."""
    tell: Callable[[int], None] | None = None
    """Receives the number of frames after each report."""

    def hear(self, line: str) -> None:
        """Parse one `key=value` line; ignores values that are not numbers."""
        key, _, value = line.partition("=")
        value = value.strip()
        if key == "frame" and value.isdecimal():
            self.frames = int(value)
        elif key == "out_time_us" and value.isdecimal():
            self.microseconds = int(value)
        elif key == "progress" and self.tell:
            self.tell(self.frames)
