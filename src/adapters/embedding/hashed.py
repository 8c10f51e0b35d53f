"""Text embeddings without a model: counts of short letter sequences, by feature hashing."""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from hashlib import blake2b
from typing import Final

from anyio.lowlevel import checkpoint

from domain.library.embeddings import LENGTHS, Part, Vector, packed

NAME: Final = "hashed 1"
_RUNS: Final = (3, 4, 5)
"""Lengths of letter sequences; the first and last of a word include a blank."""
_WORD: Final = 2.0
"""Weight of a whole word relative to a letter sequence."""
_LONGEST: Final = 20_000
"""Maximum number of characters that are read."""


class HashedEmbedder:
    """Sums letter sequences; a hash gives the position and the sign of each.

    Texts are similar if they share words or parts of words, in any case and accents; the meaning of
    words has no effect (feature hashing: Weinberger et al., 2009).
    """

    def __init__(self) -> None:
        self.name = NAME

    async def read(self, text: str) -> Vector:
        """See `application.ports.embedder.Embedder`."""
        await checkpoint()
        return embedded(text)


def embedded(text: str) -> Vector:
    """Return the vector of a text."""
    length = LENGTHS[Part.TEXT]
    sums = [0.0] * length
    counted = Counter[str]()
    for word in folded(text).split():
        counted[f"={word}"] += 1
        counted.update(_runs(f" {word} "))
    for run, times in counted.items():
        code = int.from_bytes(blake2b(run.encode(), digest_size=8).digest(), "big")
        weight = (_WORD if run.startswith("=") else 1.0) * (1 + math.log(times))
        sums[code % length] += weight if code >> 63 else -weight
    norm = math.hypot(*sums)
    return packed(value / norm if norm else 0.0 for value in sums)


def folded(text: str) -> str:
    """Return the text in lower case without accents, with blanks for all but letters and digits."""
    parts = unicodedata.normalize("NFKD", text[:_LONGEST].casefold())
    plain = "".join(each for each in parts if not unicodedata.combining(each))
    return re.sub(r"[\W_]+", " ", plain).strip()


def _runs(word: str) -> Iterator[str]:
    for length in _RUNS:
        for start in range(len(word) - length + 1):
            yield word[start : start + length]
