"""Plot the analysis of a song: waveform, beats, counts, sections and energy."""

from bisect import bisect_right
from math import ceil
from typing import IO, Any, Final

from domain.library.songs import Analysis

_ROW: Final = 30.0
"""Seconds of the song per row."""
_MOST_ROWS: Final = 10
_WIDTH: Final = 16.0
"""Width in inches."""
_OVERVIEW, _LINE, _HEAD = 1.7, 1.25, 0.9
"""Heights in inches: of the overview, of each row, of the title with the legend."""
_COUNTED: Final = 7.0
"""Maximum beats per inch for which the numbers of the counts have room."""
_LEAST_SHARE: Final = 0.03
"""Minimum share of the song for which the name of a section has room."""
_EDGE: Final = 0.004
"""Margin at both ends of a row, as a share of it, so that a "1" there is not on the frame."""
_STEPS: Final = (1, 5, 10, 15, 30, 60, 300, 900)
"""Possible steps between two time labels, in seconds."""
_MOST_TIMES: Final = 20
_TINTS: Final = ("#dbe9f6", "#fde8d3", "#e2f1de", "#efe3f3", "#fbe3e6", "#e6e6e6")
_LEGEND: Final = (
    "Above: the energy of sections (thick) and of beats (thin). "
    "Below: the waveform; beats in grey with their counts; every '1' in red, numbered; "
    "colours are the sections."
)
_WAVE, _BEAT, _ONE, _ENERGY = "#8a97a6", "#55606c", "#c1272d", "#d9822b"


def draw(analysis: Analysis, name: str, into: IO[bytes], form: str) -> None:
    """Plot an analysis; ``form`` is `png`, `svg` or `pdf`. Raises OSError."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    rows = min(_MOST_ROWS, max(1, ceil(analysis.duration / _ROW - 0.05)))
    height = _HEAD + _OVERVIEW + rows * _LINE
    figure: Any = Figure(figsize=(_WIDTH, height), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(rows + 1, 1, height_ratios=[_OVERVIEW, *[_LINE] * rows])
    figure.suptitle(_title(analysis, name), fontsize=14)
    figure.supxlabel(_LEGEND, fontsize=9)
    _overview(axes[0], analysis)
    length = analysis.duration / rows
    for row, axis in enumerate(axes[1:]):
        _line(axis, analysis, row * length, (row + 1) * length)
    figure.savefig(into, dpi=100, format=form)


def _title(analysis: Analysis, name: str) -> str:
    sure = f"confidence {analysis.confidence:.2f} of 1"
    song_name = name.replace("$", r"\$")
    if not analysis.ones:
        return f"{song_name}: no beats detected ({sure})"
    return (
        f"{song_name}: {analysis.tempo:.1f} BPM ({sure}), {len(analysis.beats)} beats, "
        f"{len(analysis.ones)} eight-counts"
    )


def _overview(axis: Any, analysis: Analysis) -> None:  # noqa: ANN401 - matplotlib's axes
    """Plot the whole song: sections with their energy, and the energy of every beat."""
    for number, section in enumerate(analysis.sections):
        start, end = section.start, section.end
        axis.axvspan(start, end, color=_TINTS[number % len(_TINTS)], linewidth=0)
        axis.hlines(section.energy, start, end, colors=_ENERGY, linewidth=3)
        if end - start >= _LEAST_SHARE * analysis.duration:
            label = f"{section.name}\n{section.energy:.2f}"
            axis.text((start + end) / 2, 1.02, label, ha="center", va="bottom", fontsize=8)
    if len(analysis.beat_energy) == len(analysis.beats) > 0:
        edges = [*analysis.beats, analysis.duration]
        axis.stairs(analysis.beat_energy, edges, color=_ENERGY, linewidth=0.8, alpha=0.8)
    edge = _EDGE * analysis.duration
    axis.set(xlim=(-edge, analysis.duration + edge), ylim=(0, 1), ylabel="energy")
    axis.set_yticks([0, 0.5, 1])
    _clock(axis, 0, analysis.duration)


def _line(axis: Any, analysis: Analysis, start: float, end: float) -> None:  # noqa: ANN401
    """Plot a part of the song: waveform, beats, and the counts with every "1" in red."""
    for number, section in enumerate(analysis.sections):
        low, high = max(start, section.start), min(end, section.end)
        if low < high:
            axis.axvspan(low, high, color=_TINTS[number % len(_TINTS)], linewidth=0)
    if analysis.peaks:
        step = analysis.duration / len(analysis.peaks)
        moments = [step * (number + 0.5) for number in range(len(analysis.peaks))]
        axis.fill_between(
            moments, [-p for p in analysis.peaks], analysis.peaks, color=_WAVE, linewidth=0
        )
    beats = [beat for beat in analysis.beats if start <= beat < end]
    ones = [one for one in analysis.ones if start <= one < end]
    axis.vlines(beats, -1, 1, colors=_BEAT, linewidth=0.6, alpha=0.7)
    axis.vlines(ones, -1, 1.35, colors=_ONE, linewidth=1.8)
    crowded = len(beats) > _COUNTED * _WIDTH * 0.9
    # The numbers are within the axes, and the layout is computed much faster without them.
    within: dict[str, Any] = {"va": "top", "clip_on": True, "in_layout": False}
    for one in ones:
        number = bisect_right(analysis.ones, one)
        axis.text(one, 1.37, f" {number}", color=_ONE, fontsize=8, weight="bold", **within)
    for beat in () if crowded else beats:
        if count := _count(analysis, beat):
            axis.text(beat, -1.05, str(count), ha="center", fontsize=7, color=_BEAT, **within)
    edge = _EDGE * (end - start)
    axis.set(xlim=(start - edge, end + edge), ylim=(-1.4, 1.4))
    axis.set_yticks([])
    _clock(axis, start, end)


def _clock(axis: Any, start: float, end: float) -> None:  # noqa: ANN401
    """Add time labels in minutes and seconds, at round times."""
    step = next((each for each in _STEPS if (end - start) / each <= _MOST_TIMES), _STEPS[-1])
    moments = range(ceil(start / step) * step, ceil(end), step)
    axis.set_xticks(moments, [f"{each // 60}:{each % 60:02d}" for each in moments], fontsize=8)


def _count(analysis: Analysis, beat: float) -> int:
    """Return the number of a beat in its eight-count, from 1; 0 before the first "1"."""
    index = bisect_right(analysis.ones, beat + 1e-6) - 1
    if index < 0:
        return 0
    return sum(analysis.ones[index] - 1e-6 <= each <= beat + 1e-6 for each in analysis.beats)
