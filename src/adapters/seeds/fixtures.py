"""Read fixtures as Django's `dumpdata` writes them, and lists of moves, from files."""

import gzip
import zlib
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, cast

from application.concurrency.threads import FILES
from domain.importing.move_lists import entries_of
from domain.legacy.seeds import Model, Record, model_of
from domain.shared import validation
from domain.shared.errors import InvalidRequest
from domain.shared.violations import Violation

SUFFIXES: Final = (".json", ".json.gz")
_LARGEST: Final = 1_000_000_000
"""Maximum unpacked bytes of a file; a move with its vectors is about 10 kB of JSON."""
_MOVES: Final = ("embeddings", "move_embeddings", "clips", "moves")
"""Accepted names of the list in a document, such as the earlier system's export."""
_FIRST: Final = "move_embeddings.json"
"""The list that wins over others, because it is the most complete."""


class FixtureSeedSource:
    """Yields records of one file, or of all JSON files directly in a folder."""

    def __init__(
        self,
        name: str,
        media: Path,
        records: Mapping[Model, list[Record]],
        others: Mapping[str, int],
        passed_over: tuple[str, ...],
    ) -> None:
        self.name = name
        self.media: Path | None = media
        self._records = records
        self._others = others
        self._passed_over = passed_over

    async def records(self, model: Model) -> AsyncIterator[Record]:
        """See `application.ports.seed_source.SeedSource`."""
        for record in self._records.get(model, ()):
            yield record

    async def others(self) -> Mapping[str, int]:
        """See `application.ports.seed_source.SeedSource`."""
        return self._others

    async def passed_over(self) -> tuple[str, ...]:
        """See `application.ports.seed_source.SeedSource`."""
        return self._passed_over


async def open_fixtures(path: Path) -> FixtureSeedSource:
    """Read a file or a folder of them; raises `InvalidRequest` if there is nothing to read."""
    return await FILES.run(lambda: _opened(path))


def _opened(path: Path) -> FixtureSeedSource:
    files = _files(path)
    records: dict[Model, list[Record]] = {}
    others: Counter[str] = Counter()
    passed_over: list[str] = []
    for file in files:
        try:
            entries = list(_entries(file))
        except (OSError, EOFError, ValueError, zlib.error) as error:
            why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            passed_over.append(f"{file.name}: {why}")
            continue
        for label, record in entries:
            model = model_of(label)
            if model is None:
                others[label] += 1
            else:
                records.setdefault(model, []).append(record)
    if not records and not others:
        raise _refusal(path, "; ".join(passed_over) or "there are no records in it")
    media = path if path.is_dir() else path.parent
    return FixtureSeedSource(path.name, media, records, others, tuple(passed_over))


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        files = [
            each
            for each in path.iterdir()
            if each.name.lower().endswith(SUFFIXES) and each.is_file()
        ]
        return sorted(files, key=lambda each: (each.name != _FIRST, each.name))
    if path.is_file():
        return [path]
    raise _refusal(path, "there is no such file or folder")


def _entries(file: Path) -> Iterator[tuple[str, Record]]:
    """Yield the records of a file with their labels; raises `ValueError` for other content."""
    document = validation.parse(_body(file))
    if isinstance(document, list):
        rows = cast(list[object], document)
        if rows and all(_is_fixture(row) for row in rows):
            for row in cast(list[dict[str, Any]], rows):
                yield str(row["model"]), _record(row, file.name)
            return
    for row in _moves(cast(object, document)):
        key = str(row.get("clip_id") or row.get("move_id") or row.get("video_path") or "")
        yield Model.MOVE, Record(key=key, fields=row, source=file.name)


def _record(row: Mapping[str, Any], source: str) -> Record:
    fields: dict[str, Any] = row["fields"]
    # A dump with natural keys may omit the primary keys.
    keys = (row.get("pk"), fields.get("task_id"), fields.get("task"))
    key = next((str(each) for each in keys if each is not None), "")
    return Record(key=key, fields=fields, source=source)


def _is_fixture(row: object) -> bool:
    if not isinstance(row, dict):
        return False
    fields = cast(dict[str, object], row)
    return isinstance(fields.get("model"), str) and isinstance(fields.get("fields"), dict)


def _moves(document: object) -> list[dict[str, Any]]:
    entries = document
    if isinstance(document, dict):
        fields = cast(dict[str, object], document)
        entries = next(
            (fields[name] for name in _MOVES if isinstance(fields.get(name), list)), None
        )
    if not entries_of(entries, ""):
        raise ValueError("It is neither a fixture nor a list of moves.")
    return [
        cast(dict[str, Any], row) for row in cast(list[object], entries) if isinstance(row, dict)
    ]


def _body(file: Path) -> bytes:
    if not file.name.lower().endswith(".gz"):
        if file.stat().st_size > _LARGEST:
            raise ValueError(f"It is larger than {_LARGEST:,} bytes.")
        return file.read_bytes()
    with gzip.open(file) as unpacked:
        body = unpacked.read(_LARGEST + 1)
    if len(body) > _LARGEST:
        raise ValueError(f"It is larger than {_LARGEST:,} bytes when unpacked.")
    return body


def _refusal(path: Path, why: str) -> InvalidRequest:
    message = f"Nothing of the earlier system can be read from {path.name!r}: {why}."
    return InvalidRequest((Violation(path="path", message=message),))
