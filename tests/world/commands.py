"""Commands as from a shell, over ports in memory."""

import io
import logging
import sys
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import asynccontextmanager, contextmanager
from typing import NamedTuple

import pytest
import structlog

from application.ports.progress import Progress
from entrypoints.cli import session as sessions
from entrypoints.cli.main import main
from entrypoints.ports import Ports
from entrypoints.settings import Settings
from tests.api.memory_backend import MemoryBackend


class Said(NamedTuple):
    """The status of a command, and its output."""

    status: int
    out: str
    err: str

    @property
    def sentence(self) -> str:
        """The output on stderr without frames and line breaks."""
        return " ".join(self.err.replace("│", " ").split())


Run = Callable[..., Said]


@contextmanager
def commands_over(
    backend: MemoryBackend, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Generator[Run]:
    """Run commands over the ports of a backend, which may be exchanged between two of them."""

    @asynccontextmanager
    async def ports(_: Settings, *__: Progress) -> AsyncGenerator[Ports]:
        yield backend.ports

    monkeypatch.setattr(sessions, "open_ports", ports)
    monkeypatch.setenv("BACHATA_DATA_DIR", str(backend.root))
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level

    def command(*words: object, stdin: bytes = b"") -> Said:
        monkeypatch.setattr(sys, "argv", ["bachata-buddy", *map(str, words)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        capsys.readouterr()
        with pytest.raises(SystemExit) as end:
            main()
        out, err = capsys.readouterr()
        return Said(end.value.code if isinstance(end.value.code, int) else 0, out, err)

    yield command
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()
