"""The profile of films: everything that the encoding of a clip depends on, except the clip."""

from adapters.ffmpeg.commands import build_normalize_command
from adapters.ffmpeg.ffmpeg_runner import FFmpegRunner
from domain.blueprint.model import OutputConfig


async def profile_of(runner: FFmpegRunner, output: OutputConfig) -> str:
    """Return the profile of an output's films; raises `FFmpegMissing`."""
    argv = build_normalize_command(
        "/clip.mp4",
        "/made.mp4",
        output.frame_rate,
        width=output.width,
        height=output.height,
        codec=output.video_codec,
        bitrate=output.video_bitrate,
    )
    return " ".join([await runner.generation(), *argv])
