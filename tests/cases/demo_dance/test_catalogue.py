"""The demo catalogue offers enough to choreograph with."""

from collections import Counter

from adapters.demo.dance.catalogue import MOVES
from adapters.demo.dance.repertoire import FIGURES, score_of

LABELS = {
    "basic",
    "spin",
    "ladyturn",
    "bolero",
    "style",
    "bodywaves",
    "hiprolls",
    "shadow",
    "hammerlock",
    "intros",
    "footwork",
    "golpes",
    "arm_styling",
    "headrolls",
    "outro",
    "cross_body_lead",
}


def test_there_are_moves_enough_and_each_has_its_own_slug_and_name() -> None:
    assert len(MOVES) >= 26
    assert len({move.slug for move in MOVES}) == len(MOVES)
    assert len({move.name for move in MOVES}) == len(MOVES)


def test_every_label_is_danced_and_no_other() -> None:
    assert {move.label for move in MOVES} == LABELS


def test_difficulties_energies_and_styles_are_well_spread() -> None:
    difficulties = Counter(move.difficulty for move in MOVES)
    energies = Counter(move.energy for move in MOVES)
    styles = Counter(move.style for move in MOVES)
    assert difficulties["beginner"] >= 8
    assert min(difficulties.values()) >= 6
    assert len(energies) == 3
    assert min(energies.values()) >= 6
    assert len(styles) == 4
    assert min(styles.values()) >= 5


def test_every_difficulty_offers_every_energy_and_every_style() -> None:
    for difficulty in ("beginner", "intermediate", "advanced"):
        chosen = [move for move in MOVES if move.difficulty == difficulty]
        assert {move.energy for move in chosen} == {"low", "medium", "high"}
        assert {move.style for move in chosen} == {"romantic", "sensual", "playful", "energetic"}


def test_tempos_are_bachata_tempos() -> None:
    tempos = [move.tempo for move in MOVES]
    assert min(tempos) == 118.0
    assert max(tempos) == 132.0


def test_every_move_is_danced_in_whole_eight_counts_of_its_stated_length() -> None:
    assert {move.slug for move in MOVES} == set(FIGURES)
    for move in MOVES:
        assert move.eight_counts in (1, 2)
        assert score_of(move).counts == 8 * move.eight_counts
