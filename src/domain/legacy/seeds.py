"""Records of the earlier system, a Django application, as its dumps and its tables contain them."""

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final, TypeVar, cast
from uuid import UUID, uuid5

import msgspec

from domain.importing.move_lists import Listed, entries_of
from domain.rendering.assembly import PROGRESS, State
from domain.shared import validation

T = TypeVar("T")

NAMESPACE: Final = UUID("5eed0000-0000-4000-8000-000000000000")
"""Namespace for ids: an old id that is not a UUID always becomes the same UUID."""


class Model(StrEnum):
    """The migrated models, by the last part of their label in a dump."""

    SONG = "song"
    MOVE = "moveembedding"
    TASK = "choreographytask"
    BLUEPRINT = "blueprint"


KEYS: Final[Mapping[Model, str]] = {
    Model.SONG: "id",
    Model.MOVE: "id",
    Model.TASK: "task_id",
    Model.BLUEPRINT: "task_id",
}
"""The key column of each table."""

_TABLES: Final[Mapping[Model, str]] = {
    Model.SONG: "songs",
    Model.MOVE: "move_embeddings",
    Model.TASK: "choreography_tasks",
    Model.BLUEPRINT: "blueprints",
}
_NEEDED: Final[Mapping[Model, frozenset[str]]] = {
    Model.SONG: frozenset({"id", "title", "artist", "audio_path"}),
    Model.MOVE: frozenset({"id", "move_id", "video_path"}),
    Model.TASK: frozenset({"task_id", "status", "stage", "created_at"}),
    Model.BLUEPRINT: frozenset({"task_id", "blueprint_json"}),
}
_READ: Final[Mapping[Model, frozenset[str]]] = {
    Model.SONG: frozenset({"id", "title", "artist", "duration", "bpm", "genre", "audio_path"}),
    Model.TASK: frozenset(
        {"status", "progress", "stage", "message", "result", "error", "song", "song_id"}
        | {"task_id", "created_at", "updated_at"}
    ),
    Model.BLUEPRINT: frozenset({"blueprint_json", "task", "task_id"}),
}
"""The fields that the migration uses; for moves it may use every field of a list."""
_EMBEDDINGS: Final = ("pose_embedding", "audio_embedding", "text_embedding")
USER_FIELDS: Final = frozenset({"user", "user_id"})
"""The fields of a task that name its user."""
_USER: Final = re.compile(r"[a-z0-9_-]{1,50}")
_CANCELLED: Final = "Cancelled by user"
"""The error text of the earlier system for a task that a user cancelled."""


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the earlier system."""

    key: str
    fields: Mapping[str, Any]
    source: str
    """Name of the file or the table that it comes from."""


class SeedSong(msgspec.Struct, frozen=True, kw_only=True):
    """A song of the earlier system."""

    title: str
    artist: str
    audio_path: str
    duration: float | None = None
    """Duration in seconds."""
    bpm: float | None = None
    """Tempo in beats per minute."""
    genre: str | None = None


class SeedTask(msgspec.Struct, frozen=True, kw_only=True):
    """A task of the earlier system, in the states of this product."""

    task_id: UUID
    state: State
    reached: State
    """The last state that it reached."""
    why: str | None
    """The reason why it has no film."""
    films: tuple[str, ...]
    """Possible paths of its film."""
    song: str | None
    """Key of its song."""
    user: str | None
    """Key of its user."""
    created_at: datetime
    updated_at: datetime


class _TaskFields(msgspec.Struct, kw_only=True):
    status: str = "started"
    progress: float = 0
    stage: str = ""
    message: str | None = None
    result: object = None
    error: str | None = None
    song: int | str | None = None
    user: object = None
    created_at: datetime
    updated_at: datetime | None = None


def model_of(label: str) -> Model | None:
    """Return the model of a label like `choreography.song`, for any application name; None if
    unknown.
    """
    name = label.rpartition(".")[2].replace("_", "").lower()
    return Model(name) if name in set(Model) else None


def model_of_table(name: str, columns: Collection[str]) -> Model | None:
    """Return the model of a table, by its name and columns; None if there is none."""
    for model in Model:
        is_named = name == _TABLES[model] or name.replace("_", "").endswith(model.value)
        # Django prefixes tables with the application's name, so a plain `song` is not Django's.
        if is_named and name != model.value and _NEEDED[model] <= set(columns):
            return model
    return None


def is_of_jobs(name: str) -> bool:
    """Return True if a label or a table holds job records."""
    last = name.rpartition(".")[2].lower()
    return "job" in last or last.endswith(("execution", "executions"))


def dropped_fields(model: Model, record: Record) -> list[str]:
    """Return the names of non-empty fields that the migration drops."""
    read = _READ.get(model)
    names = (name for name, value in record.fields.items() if value not in (None, ""))
    if read is None:
        return [name for name in names if name == "job_execution_name"]
    return [name for name in names if name not in read]


def task_id_of(key: str) -> UUID:
    """Return the id of a task; a key that is not a UUID always gives the same UUID."""
    try:
        return UUID(key)
    except ValueError:
        return uuid5(NAMESPACE, key)


def owner_of(user: str) -> str:
    """Return the id here of a user, such as `user_1`; every other key gives a UUID, always one."""
    if _USER.fullmatch(user):
        return f"user_{user}"
    return f"user_{uuid5(NAMESPACE, f'user {user}').hex}"


def read_song(record: Record) -> SeedSong:
    """Read a song; raises `ValueError`, which says what is wrong."""
    return _converted(record.fields, SeedSong)


def read_move(record: Record) -> Listed:
    """Read a move; raises `ValueError` if the record names neither a move nor a clip."""
    row = {name: _embedding(name, value) for name, value in record.fields.items()}
    # A move is identified by its own id; the row numbers mean nothing outside the table.
    row.pop("id", None)
    entries = entries_of([row], record.source)
    if not entries:
        raise ValueError("It names neither a move nor a clip.")
    return entries[0]


def read_task(record: Record) -> SeedTask:
    """Read a task; raises `ValueError`, which says what is wrong."""
    fields = dict(record.fields)
    if "song_id" in fields:
        fields.setdefault("song", fields["song_id"])
    if "user_id" in fields:
        fields.setdefault("user", fields["user_id"])
    task = _converted(fields, _TaskFields)
    state, why = _ended(task)
    created = _zoned(task.created_at)
    return SeedTask(
        task_id=task_id_of(record.key),
        state=state,
        reached=State.COMPLETED if state is State.COMPLETED else _reached(task),
        why=why,
        films=(*_films(task.result), f"choreographies/choreography_{record.key}.mp4"),
        song=None if task.song is None else str(task.song),
        user=_user(task.user),
        created_at=created,
        updated_at=max(created, _zoned(task.updated_at or task.created_at)),
    )


def read_blueprint(record: Record) -> dict[str, Any]:
    """Return the document of a Blueprint; raises `ValueError`, which says what is wrong."""
    document = _json(record.fields.get("blueprint_json"))
    if not isinstance(document, dict):
        raise ValueError("Its document is not a JSON object.")  # noqa: TRY004 - one kind for all
    return cast(dict[str, Any], document)


def _user(value: object) -> str | None:
    """Return the key of a user; in some dumps it is a list of one name."""
    if isinstance(value, list) and len(cast(list[object], value)) == 1:
        [value] = cast(list[object], value)
    return str(value) if isinstance(value, int | str) and value != "" else None


def _ended(task: _TaskFields) -> tuple[State, str | None]:
    """Return the current state of a task, and the reason why it has no film."""
    if task.status == "completed":
        return State.COMPLETED, None
    if task.status == "failed" and task.error == _CANCELLED:
        return State.CANCELLED, None
    if task.status == "failed":
        return State.FAILED, task.error or task.message or "It failed in the earlier system."
    return State.FAILED, f"It was {task.status!r} in the earlier system, which never finished it."


def _reached(task: _TaskFields) -> State:
    """Return the state in which a task stopped, from its stage's name or else from its progress."""
    states = {state.value: state for state in PROGRESS if state is not State.COMPLETED}
    if task.stage in states:
        return states[task.stage]
    if task.stage == "generating_blueprint":
        return State.PLANNING
    passed = [state for state in states.values() if PROGRESS[state] <= task.progress]
    return passed[-1] if passed else State.PENDING


def _films(result: object) -> Iterator[str]:
    document = _json(result)
    if not isinstance(document, dict):
        return
    fields = cast(dict[str, object], document)
    for name in ("output_path", "video_path", "video_url"):
        path = fields.get(name)
        if isinstance(path, str) and path:
            # Presigned URLs end in a query.
            yield path.partition("?")[0]


def _converted(fields: Mapping[str, Any], kind: type[T]) -> T:
    try:
        return msgspec.convert(dict(fields), kind, strict=False)
    except msgspec.ValidationError as error:
        raise ValueError(f"{error}.") from None


def _embedding(name: str, value: object) -> object:
    """Parse an embedding that a database stores as text; return invalid JSON unchanged."""
    if name not in _EMBEDDINGS or not isinstance(value, str):
        return value
    try:
        return _json(value)
    except ValueError:
        return value


def _json(value: object) -> object:
    """Return the value of a JSON field; databases without a JSON type store text."""
    return validation.parse(value.encode()) if isinstance(value, str) else value


def _zoned(moment: datetime) -> datetime:
    """Return the time in UTC; Django stores times without a zone in UTC."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
