"""Logs: one JSON object a line on stderr, or readable lines on a terminal."""

import logging
import sys

import structlog


def configure(level: str, *, quiet: bool = False) -> None:
    """Send every log record of the process, ours and libraries', to stderr in one shape.

    ``quiet`` keeps to warnings and worse, for commands that talk to a person.
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
        [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
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
        "faiss",
        "uvicorn.access",
        "numba",
    ):
        logging.getLogger(noisy).setLevel("WARNING")


def _traces() -> structlog.typing.Processor:
    """Traces as JSON that name places only: values may be tokens or what people wrote."""
    transformer = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
    return structlog.processors.ExceptionRenderer(transformer)
