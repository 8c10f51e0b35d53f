"""The contract of every Embedder: memory and the hashed one."""

import asyncio
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.embedding.hashed import HashedEmbedder
from adapters.memory.embedder import MemoryEmbedder
from application.ports.embedder import Embedder
from domain.library.embeddings import LENGTHS, Part, unpacked

pytestmark = pytest.mark.anyio
EMBEDDERS = (MemoryEmbedder, HashedEmbedder)


@pytest.fixture(params=EMBEDDERS)
def embedder(request: pytest.FixtureRequest) -> Embedder:
    return request.param()


async def test_another_text_has_other_numbers(embedder: Embedder) -> None:
    first, again, other = [await embedder.read(text) for text in ("basic", "basic", "spin")]
    assert first == again != other


async def test_it_has_a_name(embedder: Embedder) -> None:
    assert embedder.name


@pytest.mark.parametrize("silent", ["", " \n", "...", "_-_", "💃"])
async def test_a_text_that_says_nothing_is_all_zeros(embedder: Embedder, silent: str) -> None:
    assert not any(unpacked(await embedder.read(silent)))


@given(st.sampled_from(EMBEDDERS), st.text(max_size=200))
def test_whatever_is_read_has_length_one(kind: type[Embedder], text: str) -> None:
    numbers = unpacked(asyncio.run(kind().read(text)))
    assert len(numbers) == LENGTHS[Part.TEXT]
    norm = math.hypot(*numbers)
    assert norm == 0 or abs(norm - 1) < 1e-5
    if any(character.isalnum() and character.isascii() for character in text):
        assert norm > 0
