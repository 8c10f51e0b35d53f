"""Settings: one frozen struct, and one reader of the environment."""

import ipaddress
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from domain.errors import InvalidRequest
from domain.violations import Violation


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that can be configured."""

    storage_backend: str = "local"
    data_dir: str = "var"
    database_url: str = ""
    host: str = "127.0.0.1"
    port: int = 8000
    auth: str = "off"
    assembly_timeout: float = 600.0
    encoder: str = "joining"
    listener: str = "network"
    gemini_api_key: str = ""
    gemini_model: str = "gemini-flash-lite-latest"
    gemini_timeout: float = 5.0
    gemini_base_url: str = ""
    cache_max_mb: int = 10240
    warm: str = "on"
    encodes_at_once: int = 0
    fetches_at_once: int = 8
    log_level: str = "info"

    @property
    def folder(self) -> Path:
        """Where all data lies."""
        return Path(self.data_dir).absolute()

    @property
    def database(self) -> str:
        """URL of the database; SQLite in the data folder where none is set."""
        return self.database_url or f"sqlite+aiosqlite:///{self.folder / 'bachata.db'}"

    @property
    def cores(self) -> int:
        """How many encodings run at once."""
        return self.encodes_at_once or len(os.sched_getaffinity(0))


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """One setting: its field, its name in the environment, and what it does."""

    field: str
    name: str
    meaning: str


SETTINGS: Final = (
    Setting(field="storage_backend", name="STORAGE_BACKEND", meaning="where media lies: `local`"),
    Setting(
        field="data_dir",
        name="BACHATA_DATA_DIR",
        meaning="folder of everything: database, media, work in progress",
    ),
    Setting(
        field="database_url",
        name="BACHATA_DATABASE_URL",
        meaning="`sqlite+aiosqlite:///...` or `postgresql+asyncpg://...`; "
        "`bachata.db` in the data folder when empty",
    ),
    Setting(field="host", name="BACHATA_HOST", meaning="address the server listens on"),
    Setting(field="port", name="BACHATA_PORT", meaning="port the server listens on"),
    Setting(
        field="auth",
        name="BACHATA_AUTH",
        meaning="`off`: every caller is the built-in local user, on a loopback address only",
    ),
    Setting(
        field="assembly_timeout",
        name="BACHATA_ASSEMBLY_TIMEOUT",
        meaning="seconds a film may take to make, planning included",
    ),
    Setting(
        field="encoder",
        name="BACHATA_ENCODER",
        meaning="`joining`: clips are encoded once and films joined by copying; "
        "`ffmpeg`: every film is encoded from its clips",
    ),
    Setting(
        field="listener",
        name="BACHATA_LISTENER",
        meaning="`network`: beats by a network of our own; `librosa`: by librosa's tracker",
    ),
    Setting(
        field="gemini_api_key",
        name="GEMINI_API_KEY",
        meaning="key of a Gemini model that reads descriptions; without one they are read by rules",
    ),
    Setting(
        field="gemini_model", name="BACHATA_GEMINI_MODEL", meaning="the Gemini model that is asked"
    ),
    Setting(
        field="gemini_timeout",
        name="BACHATA_GEMINI_TIMEOUT",
        meaning="seconds after which the rules answer instead of Gemini",
    ),
    Setting(
        field="gemini_base_url",
        name="GOOGLE_GEMINI_BASE_URL",
        meaning="where Gemini is, when that is not where Google has it",
    ),
    Setting(
        field="cache_max_mb",
        name="BACHATA_CACHE_MAX_MB",
        meaning="megabytes of normalised clips and songs kept in the data folder's `cache`",
    ),
    Setting(
        field="warm",
        name="BACHATA_WARM",
        meaning="`on`: the server, once started, makes the whole library ready for films, "
        "one clip at a time; or `off`",
    ),
    Setting(
        field="encodes_at_once",
        name="BACHATA_ENCODES_AT_ONCE",
        meaning="FFmpeg processes at once; 0 is one for every core",
    ),
    Setting(
        field="fetches_at_once",
        name="BACHATA_FETCHES_AT_ONCE",
        meaning="files fetched from the storage at once",
    ),
    Setting(
        field="log_level",
        name="BACHATA_LOG_LEVEL",
        meaning="`debug`, `info`, `warning` or `error`",
    ),
)


def from_environment(environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings; raises `InvalidRequest` naming every variable that is wrong."""
    given: dict[str, Any] = {}
    wrong: list[Violation] = []
    kinds = {info.name: info.type for info in msgspec.structs.fields(Settings)}
    for setting in SETTINGS:
        if (text := environment.get(setting.name)) is None:
            continue
        try:
            given[setting.field] = msgspec.convert(text, kinds[setting.field], strict=False)
        except msgspec.ValidationError as error:
            wrong.append(Violation(path=setting.name, message=f"{error}; got {text!r}."))
    settings = Settings(**given)
    _refuse([*wrong, *_faults(settings)])
    return settings


def with_address(settings: Settings, host: str | None, port: int | None) -> Settings:
    """The same settings with another address; raises `InvalidRequest` as `from_environment`."""
    given = {"host": host, "port": port}
    changed = msgspec.structs.replace(
        settings, **{name: value for name, value in given.items() if value is not None}
    )
    _refuse(_faults(changed))
    return changed


def is_loopback(host: str) -> bool:
    """Whether an address is reached from this machine alone."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _refuse(wrong: list[Violation]) -> None:
    if wrong:
        raise InvalidRequest(tuple(wrong), "The settings are wrong.")


def _faults(settings: Settings) -> list[Violation]:
    rules = (
        (settings.storage_backend == "local", "STORAGE_BACKEND", "the storage is `local`"),
        (settings.auth == "off", "BACHATA_AUTH", "`off` is the one way to authenticate"),
        (
            is_loopback(settings.host),
            "BACHATA_HOST",
            "with authentication off the server listens on a loopback address only, "
            "such as 127.0.0.1",
        ),
        (0 < settings.port < 65536, "BACHATA_PORT", "a port is 1 to 65535"),
        (settings.assembly_timeout > 0, "BACHATA_ASSEMBLY_TIMEOUT", "it is more than 0 s"),
        (
            settings.encoder in ("joining", "ffmpeg"),
            "BACHATA_ENCODER",
            "it is `joining` or `ffmpeg`",
        ),
        (
            settings.listener in ("network", "librosa"),
            "BACHATA_LISTENER",
            "it is `network` or `librosa`",
        ),
        (settings.gemini_timeout > 0, "BACHATA_GEMINI_TIMEOUT", "it is more than 0 s"),
        (settings.warm in ("on", "off"), "BACHATA_WARM", "it is `on` or `off`"),
        (settings.cache_max_mb >= 0, "BACHATA_CACHE_MAX_MB", "it is 0 or more"),
        (settings.encodes_at_once >= 0, "BACHATA_ENCODES_AT_ONCE", "it is 0 or more"),
        (settings.fetches_at_once > 0, "BACHATA_FETCHES_AT_ONCE", "it is 1 or more"),
        (
            settings.log_level in ("debug", "info", "warning", "error"),
            "BACHATA_LOG_LEVEL",
            "it is debug, info, warning or error",
        ),
    )
    return [Violation(path=name, message=message) for good, name, message in rules if not good]
