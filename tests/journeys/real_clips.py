"""Filmed clips of real dancers, where this machine has them."""

import os
from pathlib import Path

import pytest

PLACE = "BACHATA_TEST_CLIPS"
ROOT = Path(__file__).resolve().parents[2]


def real_clips() -> list[Path]:
    """The sixteen clips in the order of their names; skips the test where they are not."""
    folder = Path(os.environ.get(PLACE, ROOT.parent / "shared" / "data" / "library"))
    clips = sorted(folder.glob("Bachata_steps/*/*.mp4"))
    if not clips:
        pytest.skip(f"no real clips here: set {PLACE} to the folder that has them")
    return clips
