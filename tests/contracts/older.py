"""Databases as they were made before there were revisions, with rows in them."""

import re
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import msgspec

from domain.rendering.assembly import Assembly

TASK: Final = UUID(int=7)
IDS: Final = {"song": "lejos", "move": "basico"}
LATER: Final = ((), ("correction", "beats"), ("correction", "beats", "move_embedding"))
"""Columns and tables that came later; a database lacks some of them, or none."""

_TABLES: Final = """
CREATE TABLE blueprint (
    task_id {uuid} NOT NULL,
    document TEXT NOT NULL,
    CONSTRAINT pk_blueprint PRIMARY KEY (task_id)
);
CREATE TABLE move (
    id VARCHAR {bytewise} NOT NULL,
    name VARCHAR NOT NULL,
    label VARCHAR NOT NULL,
    video_path VARCHAR NOT NULL,
    difficulty VARCHAR(16) NOT NULL,
    energy_level VARCHAR(16) NOT NULL,
    style VARCHAR(16) NOT NULL,
    duration FLOAT NOT NULL,
    tempo FLOAT NOT NULL,
    first_count FLOAT NOT NULL,
    beats TEXT,
    folded_name VARCHAR NOT NULL,
    CONSTRAINT pk_move PRIMARY KEY (id)
);
CREATE INDEX ix_move_difficulty_id ON move (difficulty, id);
CREATE INDEX ix_move_energy_level_id ON move (energy_level, id);
CREATE INDEX ix_move_label_id ON move (label, id);
CREATE INDEX ix_move_style_id ON move (style, id);
CREATE TABLE move_embedding (
    move_id VARCHAR {bytewise} NOT NULL,
    move_name VARCHAR NOT NULL,
    label VARCHAR NOT NULL,
    video_path VARCHAR NOT NULL,
    difficulty VARCHAR(16) NOT NULL,
    energy_level VARCHAR(16) NOT NULL,
    style VARCHAR(16) NOT NULL,
    duration FLOAT NOT NULL,
    pose_embedding {bytes},
    audio_embedding {bytes},
    text_embedding {bytes},
    pose_by VARCHAR NOT NULL,
    audio_by VARCHAR NOT NULL,
    text_by VARCHAR NOT NULL,
    tempo FLOAT NOT NULL,
    beats TEXT NOT NULL,
    first_count FLOAT NOT NULL,
    energy_start FLOAT,
    energy_end FLOAT,
    fingerprint BIGINT NOT NULL,
    CONSTRAINT pk_move_embedding PRIMARY KEY (move_id)
);
CREATE INDEX ix_move_embedding_fingerprint ON move_embedding (fingerprint);
CREATE TABLE song (
    id VARCHAR {bytewise} NOT NULL,
    title VARCHAR NOT NULL,
    artist VARCHAR NOT NULL,
    audio_path VARCHAR NOT NULL,
    duration FLOAT NOT NULL,
    genre VARCHAR,
    tempo FLOAT,
    folded_title VARCHAR NOT NULL,
    folded_artist VARCHAR NOT NULL,
    analysis TEXT,
    correction TEXT,
    CONSTRAINT pk_song PRIMARY KEY (id)
);
CREATE INDEX ix_song_genre ON song (genre);
CREATE TABLE task (
    task_id {uuid} NOT NULL,
    version INTEGER NOT NULL,
    state VARCHAR(16) NOT NULL,
    owner VARCHAR {bytewise} NOT NULL,
    created_at {moment} NOT NULL,
    updated_at {moment} NOT NULL,
    document TEXT NOT NULL,
    CONSTRAINT pk_task PRIMARY KEY (task_id)
);
CREATE INDEX ix_task_owner_created_at_task_id ON task (owner, created_at, task_id);
CREATE INDEX ix_task_state ON task (state)
"""
_KINDS: Final = {
    "sqlite": {"uuid": "CHAR(32)", "bytes": "BLOB", "moment": "DATETIME", "bytewise": ""},
    "postgresql": {
        "uuid": "UUID",
        "bytes": "BYTEA",
        "moment": "TIMESTAMP WITH TIME ZONE",
        "bytewise": 'COLLATE "C"',
    },
}
_NOW: Final = datetime(2024, 2, 29, 12, tzinfo=UTC)


def made_before_revisions(backend: str, lacking: tuple[str, ...]) -> list[str]:
    """Statements that make a database which lacks some columns of its song and move, or a table."""
    statements = _TABLES.format_map(_KINDS[backend]).strip().split(";\n")
    if "move_embedding" in lacking:
        statements = [each for each in statements if "move_embedding" not in each]
    return [_without(each, lacking) for each in statements] + _rows()


def _without(statement: str, columns: tuple[str, ...]) -> str:
    if not statement.startswith(("CREATE TABLE song ", "CREATE TABLE move ")):
        return statement
    for column in columns:
        statement = re.sub(rf"^ +{column} .*\n", "", statement, flags=re.MULTILINE)
    return statement


def _rows() -> list[str]:
    task = Assembly(task_id=TASK, owner="local", created_at=_NOW, updated_at=_NOW)
    document = msgspec.json.encode(task).decode()
    moment = "2024-02-29 12:00:00+00:00"
    return [
        f"INSERT INTO task VALUES ('{TASK.hex}', 0, 'pending', 'local', '{moment}', '{moment}', "  # noqa: S608
        f"'{document}')",
        "INSERT INTO song (id, title, artist, audio_path, duration, folded_title, folded_artist) "  # noqa: S608
        f"VALUES ('{IDS['song']}', 'Lejos', 'Grupo', 'songs/a', 180.1, 'lejos', 'grupo')",
        "INSERT INTO move (id, name, label, video_path, difficulty, energy_level, style, duration, "  # noqa: S608
        f"tempo, first_count, folded_name) VALUES ('{IDS['move']}', 'Básico', 'basic', 'clips/a', "
        "'beginner', 'low', 'romantic', 8.0, 120.0, 0.0, 'básico')",
    ]
