"""Songs with a beat, and libraries of moves to dance to them."""

from itertools import pairwise

from hypothesis import strategies as st

from domain.blueprint import Difficulty
from domain.moves import Energy, Move, Style
from domain.music import Analysis, Section


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
    cuts = sorted(draw(st.sets(st.sampled_from(kept), max_size=4)) - {kept[0]})
    edges = [0.0, *cuts, duration]
    sections = tuple(
        Section(name=f"part {k}", start=a, end=b, energy=draw(st.floats(0, 1)))
        for k, (a, b) in enumerate(pairwise(edges))
    )
    return Analysis(
        tempo=tempo,
        beats=tuple(one + k * eight / 8 for one in kept for k in range(8)),
        ones=tuple(kept),
        sections=sections,
        duration=duration,
        heard_by="test",
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
        moves.append(
            Move(
                id=f"move-{number:02d}",
                name=f"Move {number}",
                label=labels[number % 5],
                video_path=f"clips/{number}.mp4",
                difficulty=draw(st.sampled_from(Difficulty)),
                energy_level=draw(st.sampled_from(Energy)),
                style=draw(st.sampled_from(Style)),
                duration=first + counts * 8 * 60 / own,
                tempo=own,
                first_count=first,
            )
        )
    return tuple(moves)


songs_and_libraries = analyses().flatmap(
    lambda song: st.tuples(st.just(song), libraries(song.tempo))
)
