"""Diagnose an installation, even if parts of it are broken."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from enum import StrEnum
from typing import Final

import msgspec

from application.media.disk_errors import disk_errors
from domain.shared.errors import BachataError, InvalidRequest

_log = logging.getLogger("bachata.doctor")

Fact = str | int | float | bool | tuple[str, ...]


class Standing(StrEnum):
    """The outcome of a check."""

    GOOD = "good"
    WARNING = "warning"
    """The service works, but the operator should know about this."""
    FAILED = "failed"
    """The service does not work, or not completely."""


class CheckResult(msgspec.Struct, frozen=True, kw_only=True):
    """The result of a successful check."""

    detail: str
    warnings: tuple[str, ...] = ()
    facts: dict[str, Fact] = {}
    """Details by stable names."""


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One check."""

    ask: Callable[[], Awaitable[CheckResult]]
    """Returns the result, or raises."""
    waits_for: str
    """The resource that a missing answer waits for, in a message for users."""
    limit: float = 10.0
    """Maximum seconds."""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome of one check."""

    standing: Standing
    detail: str
    warnings: tuple[str, ...] = ()
    facts: dict[str, Fact] = {}
    seconds: float = 0.0
    """Duration of the check."""


class Diagnosis(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome of all checks."""

    well: bool
    """True if no check failed."""
    checks: dict[str, Finding]
    """Outcomes by stable names, in the order of the checks."""


NOT_TRIED: Final = "Skipped, because these checks failed: {}."


class Diagnose:
    """Runs checks one after another; a failed check does not stop the others.

    A check that exceeds its limit is abandoned: it may hang for ever, and block anything that waits
    for its end. `hanging` is True if there is one.
    """

    def __init__(
        self, checks: Mapping[str, Check], needs: Mapping[str, tuple[str, ...]] | None = None
    ) -> None:
        """Take the checks, and for each the names of those that must succeed before it."""
        self._checks = checks
        self._needs = needs or {}
        self._late_tasks: set[asyncio.Task[CheckResult]] = set()

    @property
    def hanging(self) -> bool:
        """True if an abandoned check is still running."""
        return any(not task.done() for task in self._late_tasks)

    async def __call__(self) -> Diagnosis:
        """Run every check; raises nothing."""
        findings: dict[str, Finding] = {}
        for name, check in self._checks.items():
            missing = [
                need
                for need in self._needs.get(name, ())
                if need in findings and findings[need].standing is Standing.FAILED
            ]
            if missing:
                detail = NOT_TRIED.format(", ".join(missing))
                findings[name] = Finding(standing=Standing.FAILED, detail=detail)
            else:
                findings[name] = await self._finding_of(name, check)
        well = all(each.standing is not Standing.FAILED for each in findings.values())
        return Diagnosis(well=well, checks=findings)

    async def _finding_of(self, name: str, check: Check) -> Finding:
        began = time.monotonic()
        task = asyncio.ensure_future(_answer_of(check))
        await asyncio.wait({task}, timeout=check.limit)
        seconds = round(time.monotonic() - began, 3)
        if not task.done():
            task.cancel()
            self._late_tasks.add(task)
            detail = f"No answer after {check.limit:.0f} s; it waits for {check.waits_for}."
            return Finding(standing=Standing.FAILED, detail=detail, seconds=seconds)
        if task.cancelled():
            detail = "The check was cancelled."
            return Finding(standing=Standing.FAILED, detail=detail, seconds=seconds)
        try:
            result = task.result()
        except BachataError as error:
            return Finding(standing=Standing.FAILED, detail=_text_of(error), seconds=seconds)
        except Exception as error:
            _log.debug("the check %s failed", name, exc_info=error)
            detail = f"The check failed: {type(error).__name__}: {error}"
            return Finding(standing=Standing.FAILED, detail=detail, seconds=seconds)
        return Finding(
            standing=Standing.WARNING if result.warnings else Standing.GOOD,
            detail=result.detail,
            warnings=result.warnings,
            facts=result.facts,
            seconds=seconds,
        )


async def _answer_of(check: Check) -> CheckResult:
    with disk_errors():
        return await check.ask()


def _text_of(error: BachataError) -> str:
    if isinstance(error, InvalidRequest):
        rules = (f"{each.path}: {each.message}" for each in error.violations)
        return " ".join((str(error), *rules))
    return " ".join(filter(None, (str(error), error.details)))
