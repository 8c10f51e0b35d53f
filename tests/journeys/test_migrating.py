"""The earlier system's data brought over by the command, with real files on a real disk."""

import asyncio
import json
import subprocess
import sys
import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from adapters.listening.features import RATE
from domain.blueprint import rules
from tests.journeys.footage import noisy_film
from tests.journeys.server import environment_of
from tests.journeys.stores import Stores
from tests.world.earlier import JOB, MADE, document, task_key, unit
from training.bachata import Conditions, bachata

CLIPS = ("paso", "giro")


@pytest.fixture
def dump(tmp_path: Path) -> Path:
    """A dump with two silent clips and a song beside it."""
    folder = tmp_path / "dump"
    steps = folder / "Bachata_steps" / "basic"
    steps.mkdir(parents=True)
    (folder / "songs").mkdir()
    recorded(folder / "songs" / "Eso_es_amor.mp3")
    moves: list[dict[str, Any]] = []
    for number, name in enumerate(CLIPS, 1):
        noisy_film(steps / f"{name}.mp4", 8 + number / 10, 64, 48)
        fields = {
            "move_id": name,
            "move_name": name,
            "video_path": f"data/Bachata_steps/basic/{name}.mp4",
            "pose_embedding": unit(512, number),
            "audio_embedding": unit(128, number),
            "text_embedding": unit(384, number),
            "difficulty": "beginner",
            "energy_level": "medium",
            "style": "romantic",
            "duration": 8.0,
        }
        moves.append({"model": "choreography.moveembedding", "pk": number, "fields": fields})
    song = {"title": "Eso_es_amor", "artist": "Jiory", "bpm": 120}
    task = {"user": 1, "status": "failed", "job_execution_name": JOB, "created_at": MADE}
    paths = [move["fields"]["video_path"] for move in moves]
    rows: list[dict[str, Any]] = [
        *moves,
        {
            "model": "choreography.song",
            "pk": 1,
            "fields": {**song, "audio_path": "songs/Eso_es_amor.mp3"},
        },
        {"model": "choreography.choreographytask", "pk": task_key(1), "fields": task},
        {
            "model": "choreography.blueprint",
            "pk": task_key(1),
            "fields": {"blueprint_json": document(1, paths)},
        },
        {"model": "choreography.jobexecution", "pk": 1, "fields": {}},
    ]
    (folder / "dump.json").write_text(json.dumps(rows))
    return folder


def recorded(into: Path) -> None:
    """A song of seven eight-counts, in a WAV file whatever its name says."""
    samples = bachata(np.random.default_rng(3), Conditions(tempo=126), 7).samples
    with wave.open(str(into), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        sound.writeframes((samples * 32_000).astype("<i2").tobytes())


def migrated(stores: Stores, data: Path, *words: str) -> dict[str, Any]:
    """The report of the command, run as a person runs it."""
    code = "from entrypoints.cli.main import main; main()"
    ran = subprocess.run(
        [sys.executable, "-c", code, "migrate-seed", "--json", *words],
        env=environment_of(data, asyncio.run(stores.environment(data))),
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stderr
    report: dict[str, Any] = json.loads(ran.stdout)
    return report


def came(report: dict[str, Any]) -> set[str]:
    return {each["came"] for each in report["records"]}


def test_a_dump_is_looked_at_then_taken_then_there(
    stores: Stores, dump: Path, tmp_path: Path
) -> None:
    data = tmp_path / "var"
    assert came(migrated(stores, data, "--dry-run", str(dump))) == {"taken"}
    assert not data.exists()

    first = migrated(stores, data, str(dump))
    assert came(first) == {"taken"}
    assert len(first["records"]) == 5
    assert first["verified"]["faults"] == []
    assert (first["verified"]["norms"]["rows"], first["verified"]["checksums"]) == (6, 3)
    dropped = {each["name"] for each in first["dropped"]}
    assert {"choreographytask.job_execution_name", "choreography.jobexecution"} <= dropped
    [sample] = first["samples"]
    assert sample["file"] == str(data / "samples" / "eso_es_amor.json")
    blueprint = rules.parse(Path(sample["file"]).read_bytes())
    media = asyncio.run(stores.media(data))
    assert set(blueprint.media) <= set(media)

    second = migrated(stores, data, str(dump))
    assert came(second) == {"there already"}
    assert second["verified"]["faults"] == []
    assert asyncio.run(stores.media(data)) == media
