"""Clips that are taken: codecs, colours, shapes and times that cameras and editors write."""

from functools import partial
from pathlib import Path
from typing import Final

from tests.media_kinds import boxes
from tests.media_kinds.clips import STRAIGHT, Clip, Make, plain
from tests.media_kinds.making import AAC, H264, SECONDS, Folder, Words, copied, ffmpeg

_HEVC: Final[Words] = ("-c:v", "libx265", "-preset", "ultrafast", "-crf", 16, "-tag:v", "hvc1")
_QUIET: Final = "log-level=error"
_TEN_BIT: Final[Words] = (*_HEVC, "-pix_fmt", "yuv420p10le", "-x265-params")
_MJPEG: Final[Words] = ("-c:v", "mjpeg", "-q:v", 3, "-pix_fmt", "yuvj420p")
_PCM: Final[Words] = ("-c:a", "pcm_s16le")
_VP9: Final[Words] = ("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", 8, "-b:v", "1M")
_OPUS: Final[Words] = ("-c:a", "libopus")
_A_DAY: Final = 26 * 3600
"""Seconds at which the clocks of some recorders begin."""


def _hevc(*parameters: str) -> Make:
    return plain(video=(*_TEN_BIT, ":".join((_QUIET, *parameters))))


def _hdr(transfer: str, *parameters: str) -> Make:
    """Ten bits of that transfer, told in the stream, with ``parameters`` beside it."""
    return _hevc(f"transfer={transfer}", *parameters)


def _turned(degrees: int) -> Make:
    def make(folder: Folder, into: Path) -> None:
        into.write_bytes(boxes.turned(folder.plain_clip().read_bytes(), degrees))

    return make


def _sized(width: int, height: int, *words: object, video: Words, audio: Words) -> Make:
    def make(folder: Folder, into: Path) -> None:
        folder.clip(into, *words, size=(width, height), video=video, audio=audio)

    return make


def _sounding_for(seconds: float) -> Make:
    return lambda folder, into: folder.clip(into, sound_seconds=seconds)


def _rate(rate: int) -> Make:
    return lambda folder, into: folder.clip(into, rate=rate)


def _uneven(folder: Folder, into: Path) -> None:
    """Every third frame is left out, and the others stay when they were."""
    folder.clip(into, "-vf", "select='mod(n,3)'", "-fps_mode", "vfr")


def _edited(folder: Folder, into: Path) -> None:
    """An edit list leaves out the first 0.1 s, which lie in the file still."""
    ffmpeg("-ss", 0.1, "-i", folder.plain_clip(), "-c", "copy", into)


def _late_sound(folder: Folder, into: Path) -> None:
    """The first of the sound is left out, and an empty edit stands for it."""
    folder.clip(into, "-af", "atrim=start=0.15,asetpts=PTS", "-avoid_negative_ts", "disabled")


def _beginning_late(folder: Folder, into: Path) -> None:
    copied(folder.plain_clip(), into, "-output_ts_offset", _A_DAY)


def _day_in_fragments(folder: Folder, into: Path) -> None:
    """Without an edit list the sound's first samples, which are none of it, begin the file."""
    straight = folder.once("straight.mp4", STRAIGHT)
    flags = ("-movflags", "frag_keyframe+empty_moov")
    copied(straight, into, "-output_ts_offset", _A_DAY, *flags)


def _negative_times(folder: Folder, into: Path) -> None:
    """B-frames whose decoding times begin before 0, with no edit list to make up for it."""
    folder.clip(
        into,
        *("-avoid_negative_ts", "disabled", "-use_editlist", 0),
        *("-movflags", "+negative_cts_offsets"),
        video=(*H264, "-bf", 3, "-x264-params", "b-adapt=0:bframes=3"),
    )


_BT2020: Final = "colorprim=bt2020:transfer=bt2020-10:colormatrix=bt2020nc"
_TO_BT2020: Final = ("-vf", "scale=out_color_matrix=bt2020nc")
_ODD: Final = (321, 179)

PICTURES: Final[dict[str, Clip]] = {
    # Codecs.
    "hevc.mp4": Clip(make=plain(video=(*_HEVC, "-x265-params", _QUIET)), encoder="libx265"),
    "hevc_10_bit.mp4": Clip(make=_hevc(), encoder="libx265"),
    "mpeg4.mp4": Clip(make=plain(video=("-c:v", "mpeg4", "-q:v", 3))),
    "av1.mp4": Clip(
        make=plain(video=("-c:v", "libaom-av1", "-cpu-used", 8, "-usage", "realtime")),
        encoder="libaom-av1",
    ),
    "mjpeg_pcm.mov": Clip(make=plain(video=_MJPEG, audio=_PCM)),
    "mjpeg_full_range.mkv": Clip(make=plain("-color_range", "pc", video=_MJPEG, audio=_PCM)),
    "prores_422.mov": Clip(
        make=plain(video=("-c:v", "prores_ks", "-pix_fmt", "yuv422p10le"), audio=_PCM)
    ),
    "vp9_alpha.webm": Clip(
        make=plain(video=(*_VP9, "-auto-alt-ref", 0, "-pix_fmt", "yuva420p"), audio=_OPUS),
        encoder="libvpx-vp9",
    ),
    "h264_444.mkv": Clip(make=plain(video=(*H264, "-pix_fmt", "yuv444p"))),
    # Sounds of other codecs and forms.
    "flac.mkv": Clip(make=plain(audio=("-c:a", "flac"))),
    "ac3.mov": Clip(make=plain(audio=("-c:a", "ac3", "-ac", 2))),
    "opus.mp4": Clip(make=plain(audio=_OPUS), encoder="libopus"),
    "mp3.mp4": Clip(make=plain(audio=("-c:a", "libmp3lame")), encoder="libmp3lame", lag=0.06),
    "alac.mov": Clip(make=plain(audio=("-c:a", "alac"))),
    "pcm_24.mov": Clip(make=plain(audio=("-c:a", "pcm_s24le"))),
    "eight_channels.mp4": Clip(
        make=plain(audio=("-af", "pan=7.1|FL=c0|FR=c0", "-c:a", "aac", "-b:a", "256k"))
    ),
    "mono_8_khz.mp4": Clip(make=plain(audio=("-c:a", "aac", "-ar", 8_000, "-ac", 1)), lag=0.08),
    # Colours told by halves, and told at all.
    "hlg_only_transfer.mp4": Clip(make=_hdr("arib-std-b67"), encoder="libx265"),
    "pq_only_transfer.mp4": Clip(make=_hdr("smpte2084"), encoder="libx265"),
    "hlg_and_matrix.mp4": Clip(
        make=_hdr("arib-std-b67", "colormatrix=bt2020nc"), encoder="libx265"
    ),
    "pq_and_primaries.mp4": Clip(make=_hdr("smpte2084", "colorprim=bt2020"), encoder="libx265"),
    "bt2020_sdr.mp4": Clip(
        make=plain(*_TO_BT2020, video=(*_TEN_BIT, f"{_QUIET}:{_BT2020}")), encoder="libx265"
    ),
    "bt601_told.mp4": Clip(make=plain("-colorspace", "smpte170m", "-color_primaries", "bt470bg")),
    "primaries_alone.mp4": Clip(make=plain("-color_primaries", "bt2020")),
    "film_gamma.mp4": Clip(make=plain("-color_trc", "log", "-color_primaries", "film")),
    # Shapes.
    "turned_90.mp4": Clip(
        make=_turned(90), shape=(9, 16), quarters="blue red white green", pace=None
    ),
    "turned_180.mp4": Clip(make=_turned(180), quarters="white blue green red", pace=None),
    "turned_270.mp4": Clip(
        make=_turned(270), shape=(9, 16), quarters="green white red blue", pace=None
    ),
    "odd_size.webm": Clip(
        make=_sized(*_ODD, video=_VP9, audio=_OPUS), encoder="libvpx-vp9", shape=_ODD
    ),
    "odd_size.mov": Clip(make=_sized(*_ODD, video=_MJPEG, audio=_PCM), shape=_ODD),
    "wide_pixels.mp4": Clip(
        make=_sized(120, 90, "-vf", "setsar=4/3", video=H264, audio=AAC), shape=(16, 9)
    ),
    "tiny.mp4": Clip(make=_sized(64, 48, video=H264, audio=AAC), shape=(64, 48)),
    "upright.mp4": Clip(make=_sized(90, 160, video=H264, audio=AAC), shape=(90, 160)),
    # Times.
    "sound_longer.mp4": Clip(make=_sounding_for(SECONDS + 1)),
    "sound_shorter.mp4": Clip(
        make=_sounding_for(SECONDS - 0.2),
    ),
    "sound_begins_late.mp4": Clip(make=_late_sound),
    "60_frames_a_second.mp4": Clip(make=_rate(60), pace=2, loose=1),
    "24_frames_a_second.mp4": Clip(make=_rate(24), pace=0.8, loose=1),
    "uneven.mp4": Clip(make=_uneven, loose=1),
    "edited.mp4": Clip(make=_edited, seconds=SECONDS - 0.1, first=3, lag=0.06),
    "begins_after_a_day.mp4": Clip(make=_beginning_late, loose=1),
    "begins_after_a_day.mkv": Clip(make=_beginning_late),
    "begins_after_a_day_in_fragments.mp4": Clip(make=_day_in_fragments, loose=1),
    "negative_times.mp4": Clip(make=_negative_times, lag=0.12, loose=3),
    "negative_times.mkv": Clip(make=partial(Folder.clip, video=(*H264, "-bf", 3))),
}
"""By the name each is brought under."""
