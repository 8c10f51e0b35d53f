"""Take single pictures out of films."""

from pathlib import Path
from typing import Final

from adapters.ffmpeg.ffmpeg_runner import FFmpegRunner, keep, temporary_folder
from adapters.ffmpeg.guards import PathLike, opening, reading, writing
from domain.shared.errors import UnreadableMedia

_REVISION: Final = 1
_WIDEST: Final = 1280


def build_still_command(
    film: PathLike, seconds: float, output_file: PathLike, *, ffmpeg: str = "ffmpeg"
) -> list[str]:
    """Return the command that writes the picture of an MP4 file at a time as JPEG."""
    return [
        *opening(ffmpeg),
        *reading(film, "mov", "-ss", f"{seconds:.3f}"),
        *("-map", "0:v:0", "-frames:v", "1"),
        *("-vf", f"scale='min({_WIDEST},iw)':-2:flags=lanczos,format=yuvj420p"),
        *("-c:v", "mjpeg", "-q:v", "3"),
        *writing(output_file, "image2", "-update", "1"),
    ]


class FFmpegStills:
    """Takes pictures by FFmpeg; a file appears when it is complete."""

    def __init__(self, runner: FFmpegRunner) -> None:
        """Take the runner of FFmpeg."""
        self._runner = runner

    async def take(self, film: Path, seconds: float, into: Path) -> None:
        """See `application.ports.stills.Stills`."""
        with temporary_folder(into) as folder:
            draft = folder / "still.jpg"
            await self._runner.run(
                build_still_command(film, seconds, draft, ffmpeg=self._runner.ffmpeg)
            )
            if not draft.exists():
                raise UnreadableMedia(f"The film has no picture at {seconds:g} s.")
            keep(draft, into)

    async def version(self) -> str:
        """See `application.ports.stills.Stills`."""
        return f"{await self._runner.generation()} stills {_REVISION}"
