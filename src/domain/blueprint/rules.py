"""The rules of a Blueprint: each is one function that yields violations."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any, Final, cast

import msgspec

from domain.blueprint import upgrades
from domain.blueprint.model import Blueprint, OutputConfig, Transition, bits
from domain.shared import paths, validation
from domain.shared.errors import BlueprintRejected, ClipTooShort, UnsafeBlueprint
from domain.shared.frame_time import exact, frame_at, half_a_frame
from domain.shared.violations import Violation

Fields = Mapping[str, Any]
Rule = Callable[[Fields, str], Iterator[Violation]]

_RATES: Final = {"video_bitrate": ("100k", "50M"), "audio_bitrate": ("32k", "512k")}


def read(document: object, owner: str = paths.LOCAL_USER) -> Blueprint:
    """Convert a parsed JSON document of any version into a Blueprint.

    Raises `BlueprintRejected` with every violation, or its subclass `UnsafeBlueprint` if one of
    them is a path that could leave the storage.
    """
    if isinstance(document, dict):
        document = upgrades.upgraded(cast(dict[str, Any], document))
    reading = validation.read(Blueprint, document)
    violations = [*reading.violations, *(v for rule in RULES for v in rule(reading.fields, owner))]
    if violations:
        rejected = UnsafeBlueprint if reading.unsafe else BlueprintRejected
        raise rejected(tuple(violations), more=reading.more)
    return msgspec.convert(document, Blueprint)


def parse(body: bytes, owner: str = paths.LOCAL_USER) -> Blueprint:
    """Convert JSON text into a Blueprint; raises as `read` does."""
    try:
        document = validation.parse(body)
    except ValueError as error:
        raise BlueprintRejected((validation.shape("$", str(error)),)) from None
    return read(document, owner)


def check(blueprint: Blueprint, owner: str = paths.LOCAL_USER) -> None:
    """Raise as `read` does if ``blueprint`` breaks a rule."""
    read(msgspec.to_builtins(blueprint), owner)


def serialised(blueprint: Blueprint) -> bytes:
    """Return the Blueprint as JSON text."""
    return msgspec.json.encode(blueprint)


def decoded(body: bytes) -> Blueprint:
    """Return the Blueprint from JSON text that `serialised` wrote, in any version."""
    return msgspec.convert(upgrades.upgraded(msgspec.json.decode(body)), Blueprint)


def check_lengths(blueprint: Blueprint, lengths: Mapping[str, Fraction]) -> None:
    """Raise `ClipTooShort` if a clip, by its measured duration, is too short for its move.

    ``lengths`` are seconds by storage path. The error names the first such clip with both
    durations.
    """
    grace = half_a_frame(blueprint.output_config.frame_rate)
    for index, move in enumerate(blueprint.moves):
        whole = lengths[move.video_path]
        needed = exact(move.trim_start) + exact(move.duration) * exact(move.playback_rate)
        if needed > whole - exact(move.trim_end) + grace:
            raise ClipTooShort(
                f"The clip {move.video_path!r} lasts {float(whole):.3f} s with its last "
                f"{move.trim_end:g} s unused; moves[{index}] needs it up to {float(needed):.3f} s."
            )


def moves_follow_one_another(blueprint: Fields, owner: str) -> Iterator[Violation]:
    """Each move must start at the end of the previous one, within half a frame; the first at 0."""
    grace = half_a_frame(_frame_rate(blueprint))
    end: Fraction | None = Fraction(0)
    for path, move in _moves(blueprint):
        start = _seconds(move, "start_time")
        if start is not None and end is not None and abs(start - end) > grace:
            gap = float(start - end)
            kind = "leaves a gap of" if gap > 0 else "overlaps the move before by"
            message = f"It starts at {float(start):g} s and {kind} {abs(gap):.3f} s; "
            yield _rule(f"{path}.start_time", message + f"it must start at {float(end):.3f} s.")
        length = _seconds(move, "duration")
        end = start + length if start is not None and length is not None else None


def moves_last_a_frame(blueprint: Fields, owner: str) -> Iterator[Violation]:
    """A move must last at least one frame."""
    rate = _frame_rate(blueprint)
    moves = list(_moves(blueprint))
    starts = [_seconds(move, "start_time") for _, move in moves]
    for (path, move), start, following in zip(moves, starts, [*starts, None][1:], strict=True):
        length = _seconds(move, "duration")
        if start is None or length is None:
            continue
        end = start + length if following is None else following
        if frame_at(end, rate) <= frame_at(start, rate):
            message = f"It lasts less than one frame at {rate} frames a second."
            yield _rule(f"{path}.duration", message)


def clips_are_long_enough(blueprint: Fields, owner: str) -> Iterator[Violation]:
    """A move must not use more of its clip than there is, if the clip's duration is known."""
    grace = half_a_frame(_frame_rate(blueprint))
    for path, move in _moves(blueprint):
        values = [
            _seconds(move, name)
            for name in ("trim_start", "duration", "playback_rate", "original_duration", "trim_end")
        ]
        if any(value is None for value in values):
            continue
        first, length, rate, whole, unused = cast(list[Fraction], values)
        if first + length * rate > whole - unused + grace:
            yield _rule(
                f"{path}.duration",
                f"The clip {move.get('video_path', '')!r} is {float(whole):g} s long with its last "
                f"{float(unused):g} s unused; the move needs it up to "
                f"{float(first + length * rate):.3f} s.",
            )


def transitions_fit(blueprint: Fields, owner: str) -> Iterator[Violation]:
    """A transition must not be longer than half of either move that it joins."""
    length = _seconds(_output(blueprint), "transition_duration")
    if length is None:
        return
    moves = list(_moves(blueprint))
    for (_, before), (path, move) in pairwise(moves):
        if move.get("transition_type", Transition.CUT) is Transition.CUT:
            continue
        for which, joined in (("the move before", before), ("this move", move)):
            whole = _seconds(joined, "duration")
            if whole is not None and 2 * length > whole:
                yield _rule(
                    f"{path}.transition_type",
                    f"The transition of {float(length):g} s is longer than half of {which} "
                    f"({float(whole):g} s); shorten output_config.transition_duration.",
                )


def the_total_is_the_end(blueprint: Fields, owner: str) -> Iterator[Violation]:
    """A given total duration must equal the end of the last move."""
    total = _seconds(blueprint, "total_duration")
    moves = list(_moves(blueprint))
    if total is None or not moves:
        return
    start, length = (_seconds(moves[-1][1], name) for name in ("start_time", "duration"))
    if start is None or length is None:
        return
    if abs(total - start - length) > half_a_frame(_frame_rate(blueprint)):
        yield _rule(
            "$.total_duration",
            f"It is {float(total):g} s, but the last move ends at {float(start + length):g} s; "
            "leave it out to have it derived.",
        )


def the_output_is_the_callers_own(blueprint: Fields, owner: str) -> Iterator[Violation]:
    """The film must be an .mp4 file in the caller's own folder under output/."""
    path = _output(blueprint).get("output_path")
    if not isinstance(path, str):
        return
    folder = paths.output_folder(owner)
    here = "$.output_config.output_path"
    if not path.startswith("output/"):
        yield _rule(here, f"The path of a film must begin with 'output/', yours with {folder!r}.")
    elif not path.startswith(folder):
        yield _rule(
            here, f"This is not your folder; the paths of your films begin with {folder!r}."
        )
    if not path.endswith(".mp4") or path.endswith("/.mp4"):
        yield _rule(here, "The file's name must end in '.mp4'.")


def bitrates_are_sensible(blueprint: Fields, owner: str) -> Iterator[Violation]:
    """The bitrate must be 100k to 50M for video, 32k to 512k for audio."""
    output = _output(blueprint)
    for name, (least, most) in _RATES.items():
        rate = output.get(name)
        if isinstance(rate, str) and not bits(least) <= bits(rate) <= bits(most):
            yield _rule(
                f"$.output_config.{name}", f"It must be from {least} to {most}; got {rate!r}."
            )


RULES: Final[tuple[Rule, ...]] = (
    moves_follow_one_another,
    moves_last_a_frame,
    clips_are_long_enough,
    transitions_fit,
    the_total_is_the_end,
    the_output_is_the_callers_own,
    bitrates_are_sensible,
)


def _rule(path: str, message: str) -> Violation:
    return Violation(path=path, message=message)


def _moves(blueprint: Fields) -> Iterator[tuple[str, Fields]]:
    moves: Sequence[Fields] = blueprint.get("moves", ())
    for index, move in enumerate(moves):
        yield f"$.moves[{index}]", move


def _output(blueprint: Fields) -> Fields:
    return blueprint.get("output_config", {})


def _frame_rate(blueprint: Fields) -> int:
    default = OutputConfig(output_path="").frame_rate
    return _output(blueprint).get("frame_rate", default)


def _seconds(fields: Fields, name: str) -> Fraction | None:
    value = fields.get(name)
    return exact(value) if isinstance(value, float | int) else None
