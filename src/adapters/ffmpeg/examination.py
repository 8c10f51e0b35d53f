"""Check FFmpeg and PyAV: their versions and missing features."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from adapters.cage.cage import Cage
from adapters.ffmpeg.find import find_ffmpeg
from adapters.ffmpeg.known_faults import OLDEST, Version, faults_of, version_of
from adapters.ffmpeg.process import run
from adapters.media.codecs import AUDIO, PCM, VIDEO
from application.operations.diagnose import CheckResult
from domain.shared.errors import FFmpegFailed, FFmpegMissing

_SEVERAL: Final[Mapping[str, tuple[str, ...]]] = {
    "vp8": ("vp8", "libvpx"),
    # FFmpeg's own `av1` decoder works only with a graphics card.
    "av1": ("libdav1d", "libaom-av1"),
    "mp3": ("mp3", "mp3float"),
    "opus": ("opus", "libopus"),
}
DECODERS: Final[Mapping[str, tuple[str, ...]]] = {
    codec: _SEVERAL.get(codec, (codec,)) for codec in (*VIDEO, *AUDIO, *PCM)
}
"""Accepted codecs, each with its decoders, of which one is enough."""

ENCODERS: Final = ("libx264", "aac")
OPTIONAL: Final = {"libx265": "films with `video_codec` libx265 cannot be made"}


async def examine_ffmpeg() -> CheckResult:
    """Return FFmpeg's version and known faults; raises `FFmpegMissing` and `FFmpegFailed`."""
    import av

    ffmpeg = find_ffmpeg()
    lines = await _output(ffmpeg.path, "-version")
    match_ = re.match(r"ffmpeg version (\S+)", lines[0]) if lines else None
    text = match_[1] if match_ else "unknown"
    version = version_of(text)
    if version is not None and version < OLDEST.mended:
        raise FFmpegFailed(f"This FFmpeg is {text}: {OLDEST.why}.")
    where = f"the package {ffmpeg.source}" if ffmpeg.source else "PATH"
    warnings = _fault_texts("FFmpeg", version, text)
    pyav = av.ffmpeg_version_info
    return CheckResult(
        detail=f"FFmpeg {text} from {where}; PyAV {av.__version__} with FFmpeg {pyav}",
        warnings=(*warnings, *_fault_texts("The FFmpeg in PyAV", version_of(pyav), pyav)),
        facts={
            "version": text,
            "source": ffmpeg.source or "PATH",
            "path": ffmpeg.path,
            "pyav": av.__version__,
            "pyav_ffmpeg": pyav,
            "known_faults": tuple(fault.name for fault in faults_of(version or (10**6,))),
        },
    )


def _fault_texts(what: str, version: Version | None, text: str) -> tuple[str, ...]:
    if version is None:
        return (
            f"{what} reports {text!r} instead of a version, so its known faults cannot be listed.",
        )
    return tuple(f"{what} is {text}: {fault.name}, {fault.why}." for fault in faults_of(version))


async def examine_codecs() -> CheckResult:
    """Return the missing codecs; raises `FFmpegMissing`, and `FFmpegFailed` if
    no film can be made.
    """
    import av

    ffmpeg = find_ffmpeg().path
    decoders = names_in(await _output(ffmpeg, "-hide_banner", "-decoders"))
    encoders = names_in(await _output(ffmpeg, "-hide_banner", "-encoders"))
    if missing := [name for name in ENCODERS if name not in encoders]:
        raise FFmpegFailed(f"FFmpeg lacks the encoders {', '.join(missing)}: no film can be made.")
    lacking = {
        "FFmpeg": missing_from(decoders),
        "PyAV": missing_from(frozenset(av.codecs_available)),
    }
    warnings = [
        f"{who} lacks decoders: files with {', '.join(missing)} cannot be used."
        for who, missing in lacking.items()
        if missing
    ]
    lost = [name for name in OPTIONAL if name not in encoders]
    warnings += [f"FFmpeg lacks the encoder {name}: {OPTIONAL[name]}." for name in lost]
    return CheckResult(
        detail=f"{len(DECODERS)} codecs are read, films are written as "
        f"{', '.join(each for each in (*ENCODERS, *OPTIONAL) if each in encoders)}",
        warnings=tuple(warnings),
        facts={
            "missing_decoders": lacking["FFmpeg"],
            "missing_decoders_pyav": lacking["PyAV"],
            "missing_encoders": tuple(lost),
        },
    )


def missing_from(decoders: frozenset[str]) -> tuple[str, ...]:
    """Return the codecs that none of the decoders supports."""
    return tuple(codec for codec, any_of in DECODERS.items() if not decoders & set(any_of))


def names_in(lines: Sequence[str]) -> frozenset[str]:
    """Return the names in the output of `-decoders` and `-encoders`."""
    rows = (line.split() for line in lines)
    return frozenset(
        row[1] for row in rows if len(row) > 1 and re.fullmatch(r"[VAS][A-Z.]{5}", row[0])
    )


async def _output(*argv: str) -> list[str]:
    lines: list[str] = []
    try:
        await run(argv, cage=Cage(), on_line=lines.append)
    except (FileNotFoundError, PermissionError):
        raise FFmpegMissing from None
    return lines
