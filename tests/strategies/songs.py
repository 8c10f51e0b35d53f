"""Songs with a beat, and libraries of moves to dance to them."""

from itertools import pairwise
from math import sin
from random import Random
from statistics import median

from hypothesis import strategies as st

from domain.blueprint.model import Difficulty
from domain.library.moves import Energy, Move, Style
from domain.library.songs import Analysis, Section


@st.composite
def analyses(draw: st.DrawFn) -> Analysis:
    """Songs at 100 to 150 BPM that drift a little, with a lead before the first "1" and a tail."""
    tempo = draw(st.floats(100, 150))
    eight = 8 * 60 / tempo
    lead = draw(st.sampled_from([0.0, 0.004, 0.3, 1.0, 2.5, 5.0, 9.0]))
    count = draw(st.integers(1, 16))
    ones = [lead]
    for _ in range(count):
        ones.append(ones[-1] + eight * draw(st.floats(0.99, 1.01)))
    duration = ones[-1] + draw(st.sampled_from([0.0, 0.01, 0.5, 1.5, 3.0, 7.0]))
    kept = ones[: count if duration - ones[-1] < 0.02 else count + 1]
    gaps = [end - start for start, end in pairwise(kept)]
    ending = median(gaps) if gaps else eight
    cuts = sorted(draw(st.sets(st.sampled_from(kept), max_size=4)) - {kept[0]})
    edges = [0.0, *cuts, duration]
    sections = tuple(
        Section(name=f"part {k}", start=a, end=b, energy=draw(st.floats(0, 1)))
        for k, (a, b) in enumerate(pairwise(edges))
    )
    return Analysis(
        tempo=tempo,
        beats=_beats(kept, ending, draw(st.integers(0, 1000))),
        ones=tuple(kept),
        sections=sections,
        duration=duration,
        analyzed_by="test",
    )


def _beats(ones: list[float], eight: float, seed: int) -> tuple[float, ...]:
    """Eight beats from each "1" to the next, as musicians play them: up to 4 ms off."""
    random = Random(seed)  # noqa: S311 - music, no secret
    return tuple(
        start + (end - start) * count / 8 + (random.uniform(-0.004, 0.004) if 0 < count < 7 else 0)
        for start, end in pairwise([*ones, ones[-1] + eight])
        for count in range(8)
    )


@st.composite
def libraries(draw: st.DrawFn, tempo: float) -> tuple[Move, ...]:
    """Moves of which at least a handful can be danced at ``tempo``."""
    labels = ["intros", "outro", "basic", "spin", "style"]
    moves: list[Move] = []
    for number in range(draw(st.integers(6, 14))):
        own = tempo * draw(st.floats(0.9, 1.1)) if number < 6 else draw(st.floats(80, 180))
        counts = 3 if number < 6 else draw(st.integers(1, 4))
        first = draw(st.sampled_from([0.0, 0.0, 0.7, 3.0]))
        duration = first + counts * 8 * 60 / own
        heard = _heard(own, first, duration, number) if draw(st.booleans()) else ()
        moves.append(
            Move(
                id=f"move-{number:02d}",
                name=f"Move {number}",
                label=labels[number % 5],
                video_path=f"clips/{number}.mp4",
                difficulty=draw(st.sampled_from(Difficulty)),
                energy_level=draw(st.sampled_from(Energy)),
                style=draw(st.sampled_from(Style)),
                duration=duration,
                tempo=own,
                first_count=first,
                beats=heard,
            )
        )
    return tuple(moves)


def _heard(tempo: float, first: float, duration: float, seed: int) -> tuple[float, ...]:
    """The beats of a clip's own sound, of which its first "1" is one; up to 8 ms off."""
    random = Random(seed)  # noqa: S311 - music, no secret
    beat = 60 / tempo
    earlier = int(first / beat)
    counts = range(-earlier, int((duration - first) / beat + 1e-6) + 1)
    return tuple(
        max(0.0, first + count * beat + (random.uniform(-0.008, 0.008) if count % 8 else 0))
        for count in counts
    )


songs_and_libraries = analyses().flatmap(
    lambda song: st.tuples(st.just(song), libraries(song.tempo))
)


LABELS = ("basic", "spin", "ladyturn", "style", "shadow", "hammerlock", "footwork", "bodywaves")
PARTS = ((4, 0.3), (8, 0.5), (8, 0.8), (8, 0.5), (10, 1.0), (6, 0.8), (4, 0.35))
"""Eight-counts and energy of the sections of a song of 48."""


def filmed(count: int, seed: int = 0, *, ends: int = 2) -> list[Move]:
    """Moves at 108 to 142 BPM whose beats were heard, with so many openings and endings each."""
    random = Random(seed)  # noqa: S311 - a library, no secret
    moves: list[Move] = []
    for number in range(count):
        tempo, first = random.uniform(108, 142), random.choice([0.0, 0.3, 1.1])
        duration = first + random.randint(1, 4) * 480 / tempo + 0.3
        label = "intros" if number < ends else "outro" if number < 2 * ends else None
        moves.append(
            Move(
                id=f"move-{number:03d}",
                name=f"Move {number}",
                label=label or random.choice(LABELS),
                video_path=f"clips/{number}.mp4",
                difficulty=random.choice(list(Difficulty)),
                energy_level=random.choice(list(Energy)),
                style=random.choice(list(Style)),
                duration=duration,
                tempo=tempo,
                first_count=first,
                beats=_heard(tempo, first, duration, number),
            )
        )
    return moves


def played(eights: int, seed: int = 0, *, tempo: float = 126, drift: float = 0.01) -> Analysis:
    """A song whose tempo sways by ``drift``, with a lead of 0.8 s before the first "1"."""
    eight = 480 / tempo
    ones = [0.8]
    for number in range(eights):
        ones.append(ones[-1] + eight * (1 + drift * sin(number + seed)))
    edges, at = [0.0], 0
    for length, _ in PARTS[:-1]:
        at += max(1, length * eights // 48)
        edges.append(ones[at])
    edges.append(ones[-1])
    return Analysis(
        tempo=tempo,
        beats=_beats(ones[:-1], ones[-1] - ones[-2], seed),
        ones=tuple(ones[:-1]),
        sections=tuple(
            Section(name=f"part {k}", start=start, end=end, energy=energy)
            for k, ((start, end), (_, energy)) in enumerate(
                zip(pairwise(edges), PARTS, strict=True)
            )
        ),
        duration=ones[-1],
        analyzed_by="test",
    )
