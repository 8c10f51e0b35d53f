"""The accepted codecs: those that phones, cameras, browsers and music shops write."""

from typing import Final

VIDEO: Final = ("h264", "hevc", "vp8", "vp9", "av1", "mpeg4", "mjpeg", "prores")
AUDIO: Final = ("aac", "mp3", "opus", "vorbis", "flac", "alac", "ac3", "eac3")
PCM: Final = (
    *("pcm_u8", "pcm_s8", "pcm_s16le", "pcm_s16be", "pcm_s24le", "pcm_s24be"),
    *("pcm_s32le", "pcm_s32be", "pcm_f32le", "pcm_f32be", "pcm_f64le", "pcm_f64be"),
)
ACCEPTED_CODECS: Final = frozenset((*VIDEO, *AUDIO, *PCM))

DECODERS: Final = ",".join(
    (
        *("h264", "hevc", "vp8", "vp9", "libvpx", "libvpx-vp9", "libdav1d", "libaom-av1", "av1"),
        *("mpeg4", "mjpeg", "prores"),
        *("aac", "mp3float", "mp3", "opus", "libopus", "vorbis", "flac", "alac", "ac3", "eac3"),
        *PCM,
    )
)
"""Names of FFmpeg's decoders; some codecs have several."""

NAMES: Final = f"pictures: {', '.join(VIDEO)}; sound: {', '.join(AUDIO)} and uncompressed PCM"
"""Text for a user whose codec is not accepted."""

FORGIVING: Final = ("mp3", "aac", "wav", "flac", "ogg")
"""Audio containers whose readers skip invalid data, as players do."""
