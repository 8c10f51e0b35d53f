"""The doctor finds out all it can of an installation, whatever of it is broken."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.drawing import examination
from adapters.drawing.examination import examine_font
from adapters.ffmpeg.examination import DECODERS, missing_from
from adapters.ffmpeg.known_faults import FAULTS, OLDEST, faults_of, version_of
from adapters.memory.speech import MemorySpeech
from adapters.system.examination import disks, versions
from application.operations import extras
from application.operations.check_health import Part
from application.operations.diagnose import Check, CheckResult, Diagnose, Diagnosis, Standing
from application.operations.extras import ExtraMissing
from domain.scripts.errors import SpeechFailed
from domain.scripts.languages import Language
from domain.shared.errors import DiskFull, DiskReadOnly, InvalidRequest, NotReady
from domain.shared.violations import Violation
from entrypoints.doctor_checks import checks_of, readable_settings
from entrypoints.parts import parts_of
from entrypoints.settings import Settings
from entrypoints.voice_checks import tried
from tests.world.small_disk import SmallDisk, small_disk

pytestmark = pytest.mark.anyio

PATIENCE = 150
"""Seconds after which a doctor that should have ended long ago is broken."""

NAMES = [
    *(
        "settings",
        "versions",
        "encoder",
        "codecs",
        "cage",
        "database",
        "queue",
        "storage",
        "workspace",
        "index",
    ),
    *("disk", "fonts", "voices", "render"),
]


async def result_of(detail: str = "well", *warnings: str) -> CheckResult:
    return CheckResult(detail=detail, warnings=warnings)


def check(ask: Any, limit: float = 10.0) -> Check:
    return Check(ask=ask, waits_for="a thing that does not come", limit=limit)


async def raising(error: Exception) -> CheckResult:
    raise error


WRONG = InvalidRequest((Violation(path="BACHATA_PORT", message="a port is 1 to 65535"),), "Wrong.")


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (NotReady("Away.", details="InterfaceError"), "Away. InterfaceError"),
        (OSError(28, "No space left on device"), "The disk is full"),
        (WRONG, "Wrong. BACHATA_PORT: a port is 1 to 65535"),
        (ZeroDivisionError("by none"), "ZeroDivisionError: by none"),
    ],
)
async def test_a_check_that_fails_says_why_and_the_others_are_made(
    error: Exception, reason: str
) -> None:
    diagnosis = await Diagnose({"bad": check(lambda: raising(error)), "good": check(result_of)})()

    assert not diagnosis.well
    assert diagnosis.checks["bad"].standing is Standing.FAILED
    assert reason in diagnosis.checks["bad"].detail
    assert diagnosis.checks["good"].standing is Standing.GOOD


async def test_a_warning_is_told_and_fails_nothing() -> None:
    diagnosis = await Diagnose({"one": check(lambda: result_of("well", "but old"))})()

    assert diagnosis.well
    assert diagnosis.checks["one"].standing is Standing.WARNING
    assert diagnosis.checks["one"].warnings == ("but old",)


async def test_a_check_that_hangs_is_left_behind_with_what_it_waited_for() -> None:
    end = asyncio.Event()

    async def hang() -> CheckResult:
        while not end.is_set():
            try:
                await end.wait()
            except asyncio.CancelledError:
                continue
        return await result_of()

    diagnose = Diagnose({"hanging": check(hang, 0.01), "good": check(result_of)})
    diagnosis = await diagnose()

    assert diagnose.hanging
    assert "waits for a thing that does not come" in diagnosis.checks["hanging"].detail
    assert diagnosis.checks["good"].standing is Standing.GOOD
    end.set()


async def test_what_needs_a_part_that_failed_is_not_tried() -> None:
    tried: list[str] = []

    async def film() -> CheckResult:
        tried.append("film")
        return await result_of()

    checks = {"ffmpeg": check(lambda: raising(NotReady())), "film": check(film)}
    diagnosis = await Diagnose(checks, {"film": ("ffmpeg",)})()

    assert tried == []
    assert diagnosis.checks["film"].detail == "Skipped, because these checks failed: ffmpeg."


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("n9.0.2-17-g2a571b6068-20260930", (9, 0, 2)),
        ("5.1.6-0+deb12u1", (5, 1, 6)),
        ("7.0.2-static", (7, 0, 2)),
        ("8.1", (8, 1)),
        ("N-117770-g322b240cea", None),
        ("git", None),
        ("", None),
    ],
)
def test_a_version_is_read_as_ffmpeg_says_it(text: str, version: tuple[int, ...] | None) -> None:
    assert version_of(text) == version


def test_a_build_that_has_a_date_for_a_version_has_no_known_faults() -> None:
    assert faults_of(version_of("2024-06-13-git-0060a368b1-full_build") or (0,)) == ()


@pytest.mark.parametrize(
    ("version", "names"),
    [
        ((4, 4, 2), ["too old"]),
        ((5, 0), ["too old"]),
        ((5, 1), [fault.name for fault in FAULTS[1:]]),
        ((5, 1, 6), ["early end", "CVE-2025-1594", "CVE-2026-40962"]),
        ((6, 1), ["CVE-2025-1594", "CVE-2026-40962"]),
        ((7, 1, 1), ["CVE-2026-40962"]),
        ((8, 1), []),
        ((9, 0, 2), []),
    ],
)
def test_known_faults_are_named(version: tuple[int, ...], names: list[str]) -> None:
    assert [fault.name for fault in faults_of(version)] == names


@given(st.lists(st.integers(0, 12), min_size=1, max_size=4).map(tuple))
def test_a_version_is_useless_or_only_named(version: tuple[int, ...]) -> None:
    faults = faults_of(version)
    assert any(fault.useless for fault in faults) is (version < (5, 1))
    assert all(version < fault.mended for fault in faults)
    assert OLDEST not in faults or faults == (OLDEST,)


@given(st.sets(st.sampled_from(sorted({each for names in DECODERS.values() for each in names}))))
def test_a_codec_is_missing_when_none_of_its_decoders_is_there(there: set[str]) -> None:
    missing = missing_from(frozenset(there))
    for codec, any_of in DECODERS.items():
        assert (codec in missing) is not bool(there & set(any_of))


def test_the_versions_are_named() -> None:
    result = versions()
    assert "Python" in result.detail
    assert result.facts["package:msgspec"] == msgspec.__version__


def test_a_disk_says_its_room(tmp_path: Path) -> None:
    result = disks({"data": tmp_path / "not" / "there"})
    assert isinstance(result.facts["data_free_bytes"], int)


def test_the_font_draws_every_language_of_scripts() -> None:
    result = examine_font()
    assert result.warnings == ()
    assert "draws English, Spanish, Portuguese" in result.detail
    assert {language.value: result.facts[language.value] for language in Language} == {
        "en": True,
        "es": True,
        "pt": True,
    }


def test_a_font_without_a_letter_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    letters = {**examination.LETTERS, Language.SPANISH: "ñ\U0001f483"}
    monkeypatch.setattr(examination, "LETTERS", letters)
    result = examine_font()
    assert (result.facts["es"], result.facts["pt"]) == (False, True)
    [warning] = result.warnings
    assert "of Spanish: \U0001f483" in warning


async def test_voices_are_told_with_what_they_speak_and_why_others_do_not() -> None:
    dumb = MemorySpeech(failure=SpeechFailed("It is hoarse."))
    result = await tried({"one": dumb, "two": MemorySpeech()})
    assert result.warnings == ()
    assert {result.facts[each.value] for each in Language} == {"two"}
    assert result.facts["without_voice"] == ()
    assert "It is hoarse." in result.detail


async def test_without_any_voice_it_is_told_what_to_install() -> None:
    result = await tried({})
    assert result.facts["without_voice"] == ("en", "es", "pt")
    assert result.warnings == ("No voice speaks en, es, pt: install the extra `speech`.",)


async def test_a_voice_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    lost = tmp_path / "es_ES.onnx"
    check = checks_of({"BACHATA_PIPER_VOICES": f"es={lost}"})["voices"]
    result = await check.ask()
    assert any(str(lost) in warning for warning in result.warnings)


@pytest.mark.parametrize(
    ("extra", "name", "value"),
    [("mcp", "BACHATA_MCP", "on"), ("otel", "OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")],
)
async def test_a_setting_that_needs_a_missing_extra_is_told(
    extra: str, name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = checks_of({name: value})["settings"]
    assert (await check.ask()).facts[name] == value
    monkeypatch.setitem(extras.PACKAGES, extra, "no_such_package.inside")
    with pytest.raises(ExtraMissing, match=rf"{name}.* install the extra `{extra}`"):
        await check.ask()


def test_wrong_settings_are_named_and_the_right_ones_are_used() -> None:
    variables = {"BACHATA_PORT": "x", "BACHATA_WARM": "maybe", "BACHATA_DATA_DIR": "here"}
    settings, wrong = readable_settings(variables)
    assert wrong is not None
    assert {each.path for each in wrong.violations} >= {"BACHATA_PORT"}
    assert settings.data_dir == "here"
    assert settings.warm == Settings().warm
    assert readable_settings({})[1] is None


def test_the_doctor_makes_every_check_that_readiness_makes() -> None:
    class Anything:
        def __getattr__(self, name: str) -> Any:
            return Anything()

    ports: Any = Anything()
    parts = parts_of(ports, ports)
    checks = checks_of({})
    assert list(checks) == NAMES
    assert set(parts) <= set(checks)
    assert all(isinstance(part, Part) for part in parts.values())
    assert all(0 < each.limit <= 60 for each in checks.values())


def output_of(data: Path, *options: str, path: str = "", **more: str) -> tuple[int, str, str]:
    found_on = f"{path}:{os.environ['PATH']}" if path else os.environ["PATH"]
    done = subprocess.run(
        [str(Path(sys.executable).with_name("bachata-buddy")), "doctor", *options],
        env={**os.environ, "BACHATA_DATA_DIR": str(data), "PATH": found_on, **more},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def as_diagnosis(out: str) -> Diagnosis:
    assert list(json.loads(out)) == ["well", "checks"]
    return msgspec.json.decode(out, type=Diagnosis)


@pytest.mark.slow
def test_the_doctor_is_content_here_and_leaves_nothing_behind(tmp_path: Path) -> None:
    data = tmp_path / "above" / "data"

    status, out, err = output_of(data, "--json")

    diagnosis = as_diagnosis(out)
    assert (status, diagnosis.well, err) == (0, True, "")
    assert list(diagnosis.checks) == NAMES
    assert diagnosis.checks["render"].facts["film_seconds"] == 2.0
    assert "FFmpeg" in diagnosis.checks["encoder"].detail
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_without_a_working_ffmpeg_all_else_is_found_out(tmp_path: Path) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "ffmpeg").write_text("#!/bin/sh\necho broken >&2\nexit 3\n")
    (programs / "ffmpeg").chmod(0o755)

    status, out, err = output_of(
        tmp_path / "data",
        path=str(programs),
        BACHATA_PORT="x",
        BACHATA_DATABASE_URL="postgresql://somebody:opensesame@127.0.0.1:1/nowhere",
    )

    assert status == 1
    assert "Traceback" not in out + err
    assert "opensesame" not in out + err
    for words in (
        "BACHATA_PORT",
        "broken",
        "Skipped, because these checks failed: encoder",
        "nowhere",
        "FAISS",
    ):
        assert words in out


@pytest.mark.slow
def test_an_ffmpeg_that_is_too_old_is_named(tmp_path: Path) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "ffmpeg").write_text("#!/bin/sh\necho ffmpeg version 4.4.2-0ubuntu0.22.04.1 C\n")
    (programs / "ffmpeg").chmod(0o755)

    status, out, _ = output_of(tmp_path / "data", "--json", path=str(programs))

    assert status == 1
    assert "4.4.2" in as_diagnosis(out).checks["encoder"].detail
    assert "5.1" in as_diagnosis(out).checks["encoder"].detail


@pytest.fixture
def disk() -> Generator[SmallDisk]:
    with small_disk(1_000_000) as mounted:
        yield mounted


@pytest.mark.parametrize("full", [True, False], ids=["full", "read-only"])
def test_a_disk_that_cannot_be_written_is_named_and_all_else_found_out(
    full: bool, disk: SmallDisk
) -> None:
    disk.fill() if full else disk.lock()

    status, out, err = output_of(disk.root / "data", "--json")

    checks = as_diagnosis(out).checks
    reason = "The disk is full" if full else "The disk is read-only"
    assert status == 1
    assert "Traceback" not in err
    assert reason in checks["storage"].detail
    assert reason in checks["disk"].detail
    assert checks["render"].standing is Standing.GOOD


def test_the_disk_check_raises_what_is_the_matter(disk: SmallDisk) -> None:
    with pytest.raises(DiskFull):
        disks({"data": disk.root})
    disk.lock()
    with pytest.raises(DiskReadOnly):
        disks({"data": disk.root})
