"""Words as hashed runs of letters."""

import hashlib
import subprocess
import sys
from operator import mul
from pathlib import Path

import pytest

from adapters.embedding.hashed import embedded, folded
from domain.library.embeddings import unpacked

SRC = Path(__file__).resolve().parents[3] / "src"


def alike(one: str, other: str) -> float:
    return sum(map(mul, unpacked(embedded(one)), unpacked(embedded(other))))


@pytest.mark.parametrize(
    ("one", "same"), [("Básico SENSUAL", "basico sensual"), ("cross_body-lead", "Cross Body Lead")]
)
def test_case_accents_and_marks_do_not_matter(one: str, same: str) -> None:
    assert embedded(one) == embedded(same)


def test_what_shares_words_or_parts_of_them_is_more_alike() -> None:
    assert alike("double head roll", "headrolls") > 0.1
    assert alike("left turn", "turns left") > alike("left turn", "hip roll") + 0.3
    assert abs(alike("basic", "shadow")) < 0.2


def test_letters_are_told_from_marks() -> None:
    assert folded("  ¡Giro, por_favor! ÑU ½") == "giro por favor nu 1 2"


def test_another_process_reads_the_same() -> None:
    code = (
        "import hashlib; from adapters.embedding.hashed import embedded;"
        "print(hashlib.sha256(embedded('Paséala, 2')).hexdigest())"
    )
    environment = {"PYTHONPATH": str(SRC), "PYTHONHASHSEED": "1"}
    ran = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == hashlib.sha256(embedded("paseala 2")).hexdigest()


def test_a_book_is_read_as_far_as_is_sensible() -> None:
    assert embedded("word " * 100_000) == embedded("word " * 50_000)
