"""One version of the library, ready for searching."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from adapters.index.protocols import Search
from adapters.index.vectors import Mask, Places, Query, numbers
from application.ports.move_index import HARDNESS, Among, Entry, Near, SearchResult
from domain.library.embeddings import Fused
from domain.library.moves import Energy, Style

_AT_ONCE: Final = 4096
_ENERGIES: Final = tuple(Energy)
_STYLES: Final = tuple(Style)


class Traits(msgspec.Struct, frozen=True, kw_only=True):
    """The properties that filters use, each in the order of the moves' ids."""

    ids: list[str]
    labels: list[str]
    """All labels, without duplicates."""
    label: bytes
    """The index of each move's label, 4 bytes each, little-endian."""
    difficulty: bytes
    """The index of each move's difficulty, one byte each; the next two likewise."""
    energy_level: bytes
    style: bytes


def traits_of(entries: Sequence[Entry]) -> Traits:
    """Return the properties of entries that are sorted by id."""
    labels = sorted({entry.label for entry in entries})
    place = {label: number for number, label in enumerate(labels)}
    return Traits(
        ids=[entry.move_id for entry in entries],
        labels=labels,
        label=np.array([place[entry.label] for entry in entries], "<u4").tobytes(),
        difficulty=bytes(HARDNESS.index(entry.difficulty) for entry in entries),
        energy_level=bytes(_ENERGIES.index(entry.energy_level) for entry in entries),
        style=bytes(_STYLES.index(entry.style) for entry in entries),
    )


class Snapshot:
    """Vectors, their properties, and the search over them."""

    def __init__(self, version: str, traits: Traits, search: Search) -> None:
        """Take the parts, which must not change."""
        self.version = version
        self.traits = traits
        self.search = search
        self._place = {move_id: number for number, move_id in enumerate(traits.ids)}
        self._labels = np.frombuffer(traits.label, "<u4")
        self._difficulties = np.frombuffer(traits.difficulty, np.uint8)
        self._energies = np.frombuffer(traits.energy_level, np.uint8)
        self._styles = np.frombuffer(traits.style, np.uint8)

    def nearest(self, query: Fused, most: int, among: Among) -> SearchResult:
        """See `application.ports.move_index.MoveIndex`."""
        vector = numbers(query)
        mask = self._mask(among)
        matching = len(self.traits.ids) if mask is None else int(np.count_nonzero(mask))
        most = min(most, matching)
        if most <= 0:
            return SearchResult(version=self.version, moves=())
        rows = np.sort(self.search.near(vector, most, mask))
        scores = self._scores(vector, rows)
        # A stable sort leaves equal scores in the order of the rows, which is that of the ids.
        first = np.argsort(-scores, kind="stable")[:most]
        moves = tuple(Near(self.traits.ids[rows[at]], float(scores[at])) for at in first)
        return SearchResult(version=self.version, moves=moves)

    def _scores(self, query: Query, rows: Places) -> NDArray[np.float64]:
        """Return inner products in 64 bits, which are exact for fused vectors."""
        vector = query.astype(np.float64)
        parts = [
            self.search.matrix[rows[start : start + _AT_ONCE]].astype(np.float64) @ vector
            for start in range(0, len(rows), _AT_ONCE)
        ]
        return np.concatenate(parts)

    def _mask(self, among: Among) -> Mask | None:
        """Return a mask of the matching rows; None if all match."""
        tests: list[Any] = []
        if among.label is not None:
            has_label = among.label in self.traits.labels
            place = self.traits.labels.index(among.label) if has_label else -1
            tests.append(
                self._labels == place if has_label else np.zeros(len(self._labels), np.bool_)
            )
        if among.difficulty not in (None, HARDNESS[-1]):
            tests.append(self._difficulties <= HARDNESS.index(among.difficulty))
        if among.energy_level is not None:
            tests.append(self._energies == _ENERGIES.index(among.energy_level))
        if among.style is not None:
            tests.append(self._styles == _STYLES.index(among.style))
        if banned := [self._place[each] for each in among.banned if each in self._place]:
            mask = np.ones(len(self._labels), np.bool_)
            mask[banned] = False
            tests.append(mask)
        return np.logical_and.reduce(tests) if tests else None
