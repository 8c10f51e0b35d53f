"""Entries of a move index, and queries that many of them are equally near to."""

from random import Random

from hypothesis import strategies as st

from application.ports.move_index import Among, Entry
from domain.blueprint.model import Difficulty
from domain.library.embeddings import LENGTHS, Fused, Part, Rows, Vector, fused, packed
from domain.library.moves import Energy, Style

LABELS = ("basic", "spin", "intros")
IDS = [f"{letter}{number}" for letter in "aAé" for number in range(8)]


def row(part: Part, seed: int) -> Vector:
    """A row of numbers, the same one for the same seed."""
    chance = Random(f"{part} {seed}")  # noqa: S311
    return packed(chance.gauss(0, 1) for _ in range(LENGTHS[part]))


def vector(pose: int | None, audio: int | None, text: int | None) -> Fused:
    """A fused row of parts by their seeds."""
    return fused(
        Rows(
            pose=None if pose is None else row(Part.POSE, pose),
            audio=None if audio is None else row(Part.AUDIO, audio),
            text=None if text is None else row(Part.TEXT, text),
        )
    )


def entry(move_id: str = "a", *, seed: int = 0, **changed: object) -> Entry:
    """A move as it is searched."""
    fields: dict[str, object] = {
        "label": "basic",
        "difficulty": Difficulty.BEGINNER,
        "energy_level": Energy.LOW,
        "style": Style.ROMANTIC,
        "vector": vector(seed, seed, seed),
        **changed,
    }
    return Entry(move_id=move_id, **fields)  # pyright: ignore[reportArgumentType]


# Few seeds, so that many moves share a part or all of them, and scores tie.
_seeds = st.one_of(st.none(), st.integers(0, 2))
vectors = st.builds(vector, _seeds, _seeds, _seeds)

entries = st.lists(
    st.builds(
        Entry,
        move_id=st.sampled_from(IDS),
        label=st.sampled_from(LABELS),
        difficulty=st.sampled_from(Difficulty),
        energy_level=st.sampled_from(Energy),
        style=st.sampled_from(Style),
        vector=vectors,
    ),
    max_size=len(IDS),
    unique_by=lambda each: each.move_id,
)

among = st.builds(
    Among,
    label=st.sampled_from([None, *LABELS, "unknown"]),
    difficulty=st.sampled_from([None, *Difficulty]),
    energy_level=st.sampled_from([None, *Energy]),
    style=st.sampled_from([None, *Style]),
    banned=st.frozensets(st.sampled_from([*IDS, "nobody"]), max_size=5),
)
