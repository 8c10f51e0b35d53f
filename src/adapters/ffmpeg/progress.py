"""Parse FFmpeg's progress reports (`-progress pipe:1`)."""

from collections.abc import Callable

import msgspec


class Progress(msgspec.Struct):
    """The latest counts; `read_line` takes one line of FFmpeg's standard output."""

    frames: int = 0
    microseconds: int = 0
    """Duration of the written output."""
    on_frames: Callable[[int], None] | None = None
    """Receives the number of frames after each report."""

    def read_line(self, line: str) -> None:
        """Parse one `key=value` line; ignores values that are not numbers."""
        key, _, value = line.partition("=")
        value = value.strip()
        if key == "frame" and value.isdecimal():
            self.frames = int(value)
        elif key == "out_time_us" and value.isdecimal():
            self.microseconds = int(value)
        elif key == "progress" and self.on_frames:
            self.on_frames(self.frames)
