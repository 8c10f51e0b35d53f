"""Compare a normalised clip with the best that x264 makes of it.

    python -m benchmarks.quality [--clips FOLDER] [--limit N]
    python -m benchmarks.quality --kept DATA

Each clip is encoded twice, by the product's own command and by x264's preset `medium` as it comes
(B-frames, groups of up to 250 frames, scene cuts) at the same bitrate, size and frame rate. Both
are compared with the source, brought to the film's size and frame grid, by VMAF (model
vmaf_v0.6.1, 0 to 100, the mean of every third frame). Clips are taken from --clips, else from the
folder that BACHATA_TEST_CLIPS names, else from the project's own. Needs an FFmpeg with libvmaf.

With --kept nothing is encoded: it says of how many decoder configurations the clips are that a
data folder keeps normalised, by `bachata-buddy prewarm` say.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import mean
from typing import Final

import msgspec

from adapters.ffmpeg import filters
from adapters.ffmpeg.commands import build_normalize_command
from adapters.ffmpeg.find import find_ffmpeg
from adapters.ffmpeg.guards import opening, reading, writing
from adapters.mp4.reader import read_track

ROOT: Final = Path(__file__).resolve().parent.parent
WIDTH: Final = 1280
HEIGHT: Final = 720
FRAME_RATE: Final = 30
ALLOWED: Final = 1.0
"""VMAF points a normalised clip may be behind, on average."""

EVERY: Final = 3
"""Frames from one that is scored to the next; the mean of all frames was 0.04 away on one clip."""

RATE: Final = ("-b:v", "2M", "-maxrate", "2500k", "-bufsize", "4M")
# One thread, like the product's, so that every machine makes the same file.
MEDIUM: Final = ("-c:v", "libx264", "-preset", "medium", "-threads", "1", *RATE)

HEADINGS: Final = (
    *("clip", "ours VMAF", "medium VMAF", "difference"),
    *("ours kB", "medium kB", "ours CPU s", "medium CPU s"),
)


class Encoded(msgspec.Struct, frozen=True):
    """The result of one encode of a clip."""

    vmaf: float
    """Mean over the frames that are scored, 0 to 100."""
    size: int
    """Bytes of the file."""
    cpu: float
    """CPU seconds of decoding, filtering and encoding, user and system."""


class Row(msgspec.Struct, frozen=True):
    """A clip, encoded both ways."""

    clip: str
    ours: Encoded
    medium: Encoded
    configuration: bytes
    """The decoder configuration (avcC) of ours."""

    @property
    def difference(self) -> float:
        """VMAF points ours is better by; below 0 it is worse."""
        return self.ours.vmaf - self.medium.vmaf


class _Mean(msgspec.Struct):
    mean: float


class _Pooled(msgspec.Struct):
    vmaf: _Mean


class _Log(msgspec.Struct):
    pooled_metrics: _Pooled


def normalised() -> str:
    """The filters between a source and its encoder, those of the product."""
    return ",".join([*filters.grid(FRAME_RATE), *filters.fitted(WIDTH, HEIGHT)])


def ours(ffmpeg: str, clip: Path, result: Path) -> list[str]:
    """The product's command for a whole clip."""
    return build_normalize_command(
        clip, result, FRAME_RATE, width=WIDTH, height=HEIGHT, bitrate="2M", ffmpeg=ffmpeg
    )


def medium(ffmpeg: str, clip: Path, result: Path) -> list[str]:
    """The same picture from x264's defaults, in one pass."""
    return [
        *opening(ffmpeg),
        *reading(clip, "mov"),
        *("-map", "0:v:0", "-vf", normalised(), "-an", *MEDIUM),
        *writing(result, "mp4", "-movflags", "+faststart"),
    ]


def spent(command: Sequence[str], folder: Path) -> float:
    """Run a command in a folder and return its CPU seconds; raises CalledProcessError."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=folder, check=True)  # noqa: S603 - made here, without a shell
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def vmaf(ffmpeg: str, result: Path, clip: Path, folder: Path) -> float:
    """The mean VMAF of an encoded clip against its source, frame by frame."""
    counted = f"settb=1/{FRAME_RATE},setpts=N"  # The n-th frame beside the n-th.
    graph = (
        f"[0:v:0]{counted}[made];[1:v:0]{normalised()},{counted}[meant];"
        f"[made][meant]libvmaf=n_threads=2:n_subsample={EVERY}:log_fmt=json:log_path=vmaf.json"
    )
    command = [
        *opening(ffmpeg),
        *(*reading(result, "mov"), *reading(clip, "mov")),
        *("-filter_complex", graph, "-f", "null", "-"),
    ]
    spent(command, folder)
    log = msgspec.json.decode((folder / "vmaf.json").read_bytes(), type=_Log)
    return log.pooled_metrics.vmaf.mean


def measured(ffmpeg: str, clip: Path, folder: Path) -> Row:
    """Encode a clip both ways and compare."""
    found: list[Encoded] = []
    for name, made in (("ours.mp4", ours), ("medium.mp4", medium)):
        result = folder / name
        cpu = spent(made(ffmpeg, clip, result), folder)
        found.append(Encoded(vmaf(ffmpeg, result, clip, folder), result.stat().st_size, cpu))
    configuration = read_track(folder / "ours.mp4").configuration
    return Row(clip.stem, found[0], found[1], configuration)


def table(rows: Iterator[Row]) -> list[Row]:
    """Print a Markdown table row by row, as the clips are done."""
    print(f"| {' | '.join(HEADINGS)} |")
    print(f"|{' --- |' + ' ---: |' * (len(HEADINGS) - 1)}")
    done: list[Row] = []
    for row in rows:
        a, b = row.ours, row.medium
        print(
            f"| {row.clip} | {a.vmaf:.2f} | {b.vmaf:.2f} | {row.difference:+.2f}"
            f" | {a.size / 1000:.0f} | {b.size / 1000:.0f} | {a.cpu:.1f} | {b.cpu:.1f} |",
            flush=True,
        )
        done.append(row)
    return done


def summary(rows: Sequence[Row]) -> list[str]:
    """Return the conclusions of the table as a Markdown list."""
    behind = mean(row.difference for row in rows)
    worst = min(rows, key=lambda row: row.difference)
    configurations = len({row.configuration for row in rows})
    same = "byte-identical" if configurations == 1 else f"of {configurations} kinds"
    return [
        f"- Mean: ours {mean(row.ours.vmaf for row in rows):.2f}, "
        f"medium {mean(row.medium.vmaf for row in rows):.2f}, difference {behind:+.2f} "
        f"({'within' if behind >= -ALLOWED else 'MORE THAN'} {ALLOWED:.1f})",
        f"- Worst: {worst.difference:+.2f} ({worst.clip})",
        f"- CPU seconds a clip: ours {mean(row.ours.cpu for row in rows):.1f}, "
        f"medium {mean(row.medium.cpu for row in rows):.1f}",
        f"- Decoder configuration of all ours: {same}",
    ]


def clips_in(folder: Path, limit: int | None) -> list[Path]:
    """The MP4 clips of a folder and the folders in it, by path; at most ``limit``."""
    return sorted(folder.resolve().rglob("*.mp4"))[:limit]


def kept(data: Path) -> int:
    """Say of how many decoder configurations the normalised clips of a data folder are.

    1 when there are more than one, or no clips.
    """
    clips = sorted((data / "cache").glob("clip-*"))
    found = {read_track(clip).configuration for clip in clips}
    for each in found:
        print(f"- decoder configuration {each.hex()}")
    print(f"{len(clips)} clips kept normalised, of {len(found)} decoder configurations")
    return 0 if len(found) == 1 else 1


def main() -> int:
    """Measure the clips; 1 when ours are too far behind or of several decoder configurations."""
    own = os.environ.get("BACHATA_TEST_CLIPS") or ROOT.parent / "shared" / "data" / "library"
    parser = argparse.ArgumentParser(prog="benchmarks.quality")
    parser.add_argument("--clips", type=Path, default=Path(own), help="folder of MP4 clips")
    parser.add_argument("--limit", type=int, help="measure the first clips only")
    parser.add_argument("--kept", type=Path, help="a data folder whose clips are only compared")
    options = parser.parse_args()
    if options.kept:
        return kept(options.kept)
    clips = clips_in(options.clips, options.limit)
    if not clips:
        parser.error(f"no .mp4 clip in {options.clips}")
    ffmpeg = find_ffmpeg().path
    with tempfile.TemporaryDirectory() as folder:
        rows = table(measured(ffmpeg, clip, Path(folder)) for clip in clips)
    print("", *summary(rows), sep="\n")
    one = len({row.configuration for row in rows}) == 1
    return 0 if one and mean(row.difference for row in rows) >= -ALLOWED else 1


if __name__ == "__main__":
    sys.exit(main())
