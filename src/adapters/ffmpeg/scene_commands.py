"""FFmpeg command lines for scenes: decode a picture, and encode painted frames."""

from typing import Final

from adapters.ffmpeg.guards import PathLike, local, opening, writing
from adapters.ffmpeg.video_options import encoded
from adapters.media.limits import FRAME_PIXELS

FORMATS: Final = {"jpeg": "jpeg_pipe", "png": "png_pipe", "webp": "webp_pipe"}
"""FFmpeg's readers of the accepted pictures; none of them opens another file."""
_DECODERS: Final = "mjpeg,png,webp"
_LONGEST: Final = 2
"""Longest side of a decoded picture, in longer sides of the film: panoramas are not kept whole."""
_BT709: Final = "setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709"


def build_picture_command(
    picture: PathLike,
    output_file: PathLike,
    *,
    form: str,
    width: int,
    height: int,
    ffmpeg: str = "ffmpeg",
) -> list[str]:
    """Return the command that decodes a picture to PAM: a header, and red, green, blue and opacity.

    A picture that is larger than needed to fill ``width`` x ``height`` is made smaller; its
    orientation is not applied. ``form`` is a key of `FORMATS`.
    """
    side = _LONGEST * max(width, height)
    factor = f"min(1,min(max({width}/iw,{height}/ih),min({side}/iw,{side}/ih)))"
    size = f"w='max(1,round(iw*{factor}))':h='max(1,round(ih*{factor}))'"
    return [
        *opening(ffmpeg),
        *("-threads", "1", "-protocol_whitelist", "file", "-codec_whitelist", _DECODERS),
        # Without it, the missing part of a picture would be green.
        *("-err_detect", "explode"),
        *("-max_pixels", str(FRAME_PIXELS), "-f", FORMATS[form], "-noautorotate"),
        *("-i", local(picture), "-map", "0:v:0", "-an"),
        *("-vf", f"scale={size}:flags=lanczos+accurate_rnd+full_chroma_int,format=rgba"),
        *("-frames:v", "1", "-c:v", "pam", "-update", "1"),
        *writing(output_file, "image2"),
    ]


def build_scene_command(
    frames: PathLike,
    output_file: PathLike,
    *,
    count: int,
    frame_rate: int,
    width: int,
    height: int,
    codec: str,
    bitrate: str,
    ffmpeg: str = "ffmpeg",
) -> list[str]:
    """Return the command that encodes ``count`` raw frames (4:2:0, BT.709) as a mezzanine."""
    return [
        *opening(ffmpeg),
        *("-threads", "1", "-protocol_whitelist", "file", "-codec_whitelist", "rawvideo"),
        *("-f", "rawvideo", "-pixel_format", "yuv420p", "-video_size", f"{width}x{height}"),
        *("-framerate", str(frame_rate), "-i", local(frames), "-map", "0:v:0", "-an"),
        *("-vf", f"setsar=1,{_BT709}"),
        *encoded(codec, width, height, frame_rate, bitrate, still=True),
        *("-frames:v", str(count), *writing(output_file, "mp4", "-movflags", "+faststart")),
    ]
