"""Logs: one JSON object per line on stderr, or readable lines on a terminal."""

import logging
import sys
import traceback
from typing import Any, Final, TextIO

import structlog

_WORDS: Final = ("exc_value", "exc_notes", "syntax_error")
"""Fields of a traceback that contain the text of an exception."""


def configure(level: str, *, quiet: bool = False) -> None:
    """Send every log record of the process, also of libraries, to stderr in one format.

    ``quiet`` restricts it to warnings and errors, for commands that print for users.
    """
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    terminal = sys.stderr.isatty()
    last: list[structlog.typing.Processor] = (
        [structlog.dev.ConsoleRenderer(exception_formatter=_print_places)]
        if terminal
        else [_traces(), structlog.processors.JSONRenderer()]
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel("WARNING" if quiet else level.upper())
    for noisy in (
        "aiosqlite",
        "alembic",
        "sqlalchemy",
        "asyncio",
        "mcp",
        "faiss",
        "uvicorn.access",
        "numba",
    ):
        logging.getLogger(noisy).setLevel("WARNING")
    # A collector that is away is told once for each batch of spans, not for each attempt.
    logging.getLogger("opentelemetry").setLevel("ERROR")


def _traces() -> structlog.typing.Processor:
    """Return tracebacks as JSON with types and places, but no values, which may be secret or
    private.
    """
    transformer = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)

    def places(exc_info: structlog.typing.ExcInfo) -> list[dict[str, Any]]:
        return [_without_words(each) for each in transformer(exc_info)]

    return structlog.processors.ExceptionRenderer(places)


def _without_words(trace: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in trace.items() if name not in _WORDS}
    groups: list[list[dict[str, Any]]] = trace.get("exceptions", [])
    return {**kept, "exceptions": [[_without_words(x) for x in group] for group in groups]}


def _print_places(file: TextIO, trace: structlog.typing.ExcInfo) -> None:
    """Print a traceback without values on a terminal."""
    _, error, _ = trace
    while error is not None:
        file.write("".join(traceback.format_tb(error.__traceback__)) + type(error).__name__)
        error = error.__cause__ or error.__context__
        file.write("\nafter:\n" if error is not None else "\n")
