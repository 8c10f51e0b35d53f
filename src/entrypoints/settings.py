"""Settings: one frozen struct, and one reader of the environment."""

import ipaddress
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

from application.concurrency.cores import usable_cores
from domain.rendering.workload import FilmLimits
from domain.shared import paths
from domain.shared.bucket_uris import Home
from domain.shared.errors import InvalidRequest
from domain.shared.violations import Violation
from entrypoints.environment import SETTINGS

_ON: Final = ("on", "true", "1")
_OFF: Final = ("off", "false", "0")
_HOST: Final = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(:[0-9]{1,5})?")


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that can be configured."""

    storage_backend: str = "local"
    s3_bucket: str = ""
    s3_endpoint_url: str = ""
    s3_region: str = ""
    s3_prefix: str = ""
    s3_profile: str = "aws"
    s3_access_key: str = ""
    s3_secret_key: str = ""
    s3_link_seconds: int = 0
    data_dir: str = "var"
    database_url: str = ""
    database_pool: int = 10
    host: str = "127.0.0.1"
    port: int = 8000
    allowed_hosts: str = ""
    auth: str = "off"
    assembly_timeout: float = 600.0
    encoder: str = "joining"
    audio_analyzer: str = "network"
    cage: str = "prefer"
    gemini_api_key: str = ""
    gemini_model: str = "gemini-flash-lite-latest"
    gemini_timeout: float = 5.0
    gemini_base_url: str = ""
    move_embeddings_cache_ttl: float = 3600.0
    vector_search_top_k: int = 20
    faiss_use_gpu: str = "off"
    faiss_nprobe: int = 0
    cache_max_mb: int = 10240
    storage_cache_max_mb: int = 102400
    max_film_seconds: int = 3600
    max_encoded_minutes: int = 120
    max_film_mb: int = 8192
    warm: str = "on"
    encodes_at_once: int = 0
    fetches_at_once: int = 8
    stop_seconds: float = 9.0
    max_uploads: int = 8
    log_level: str = "info"

    def media_at(self, path: str) -> str:
        """Where a stored file is, for people: its place on the disk, or its address in a bucket."""
        if self.storage_backend == "s3":
            scheme = "gs" if self.s3_profile == "gcs" else "s3"
            folder = self.s3_prefix.strip("/")
            return "/".join([f"{scheme}:/", self.s3_bucket, *([folder] if folder else []), path])
        return str((self.folder / "media" / path).resolve())

    @property
    def folder(self) -> Path:
        """Where all data lies."""
        return Path(self.data_dir).absolute()

    @property
    def database(self) -> str:
        """URL of the database; SQLite in the data folder where none is set."""
        return self.database_url or f"sqlite+aiosqlite:///{self.folder / 'bachata.db'}"

    @property
    def home(self) -> Home | None:
        """The bucket that addresses in old records have to lie in, if there is one."""
        folder = self.s3_prefix.strip("/")
        return Home(bucket=self.s3_bucket, folder=folder) if self.s3_bucket else None

    @property
    def film_limits(self) -> FilmLimits:
        """The most work that a film may take."""
        return FilmLimits(
            seconds=self.max_film_seconds,
            encoded_minutes=self.max_encoded_minutes,
            megabytes=self.max_film_mb,
            joined=self.encoder == "joining",
        )

    @property
    def hosts(self) -> frozenset[str]:
        """The hosts that requests may name besides loopback names."""
        return frozenset(filter(None, map(str.strip, self.allowed_hosts.split(","))))

    @property
    def wants_gpu(self) -> bool:
        """Whether moves are to be searched by a GPU."""
        return self.faiss_use_gpu.lower() in _ON

    @property
    def cores(self) -> int:
        """How many encodings run at once."""
        return self.encodes_at_once or usable_cores()


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


_Rule = tuple[bool, str, str]
"""Whether it is kept, the variable's name, and what it asks for."""


def _storage_rules(settings: Settings) -> tuple[_Rule, ...]:
    folder = settings.s3_prefix.strip("/")
    address = urlsplit(settings.s3_endpoint_url)
    both_or_none = bool(settings.s3_access_key) == bool(settings.s3_secret_key)
    return (
        (
            settings.storage_backend in ("local", "s3"),
            "STORAGE_BACKEND",
            "the storage is `local` or `s3`",
        ),
        (
            settings.storage_backend != "s3" or settings.s3_bucket != "",
            "BACHATA_S3_BUCKET",
            "with STORAGE_BACKEND=s3 a bucket is needed",
        ),
        (
            not settings.s3_endpoint_url
            or (address.scheme in ("http", "https") and bool(address.netloc)),
            "BACHATA_S3_ENDPOINT_URL",
            "it begins with http:// or https://",
        ),
        (
            not folder or (paths.fault(folder) is None and len(folder.encode()) <= 200),
            "BACHATA_S3_PREFIX",
            "it is a folder such as `bachata`, of up to 200 bytes",
        ),
        (settings.s3_profile in ("aws", "gcs"), "BACHATA_S3_PROFILE", "it is `aws` or `gcs`"),
        (both_or_none, "BACHATA_S3_SECRET_KEY", "both keys are set, or neither"),
        (
            0 <= settings.s3_link_seconds <= 604_800,
            "BACHATA_S3_LINK_SECONDS",
            "it is 0 to 604800, which is a week",
        ),
    )


def _faults(settings: Settings) -> list[Violation]:
    rules = (
        *_storage_rules(settings),
        (settings.auth == "off", "BACHATA_AUTH", "`off` is the one way to authenticate"),
        (
            is_loopback(settings.host),
            "BACHATA_HOST",
            "with authentication off the server listens on a loopback address only, "
            "such as 127.0.0.1",
        ),
        (
            all(map(_HOST.fullmatch, settings.hosts)),
            "BACHATA_ALLOWED_HOSTS",
            "it is hosts with commas between them, such as `dance.example.org` or "
            "`dance.example.org:8443`",
        ),
        (settings.database_pool > 0, "BACHATA_DATABASE_POOL", "it is 1 or more"),
        (0 < settings.port < 65536, "BACHATA_PORT", "a port is 1 to 65535"),
        (settings.assembly_timeout > 0, "BACHATA_ASSEMBLY_TIMEOUT", "it is more than 0 s"),
        (
            settings.encoder in ("joining", "ffmpeg"),
            "BACHATA_ENCODER",
            "it is `joining` or `ffmpeg`",
        ),
        (
            settings.audio_analyzer in ("network", "librosa"),
            "BACHATA_AUDIO_ANALYZER",
            "it is `network` or `librosa`",
        ),
        (
            settings.cage in ("require", "prefer", "off"),
            "BACHATA_CAGE",
            "it is `require`, `prefer` or `off`",
        ),
        (settings.gemini_timeout > 0, "BACHATA_GEMINI_TIMEOUT", "it is more than 0 s"),
        (settings.warm in ("on", "off"), "BACHATA_WARM", "it is `on` or `off`"),
        (
            settings.move_embeddings_cache_ttl > 0,
            "MOVE_EMBEDDINGS_CACHE_TTL",
            "it is more than 0 s",
        ),
        (
            1 <= settings.vector_search_top_k <= 200,
            "VECTOR_SEARCH_TOP_K",
            "it is 1 to 200",
        ),
        (
            settings.faiss_use_gpu.lower() in _ON + _OFF,
            "FAISS_USE_GPU",
            "it is `on` or `off`, `true` or `false`, `1` or `0`",
        ),
        (settings.faiss_nprobe >= 0, "FAISS_NPROBE", "it is 0 or more"),
        (settings.cache_max_mb >= 0, "BACHATA_CACHE_MAX_MB", "it is 0 or more"),
        (settings.storage_cache_max_mb >= 0, "BACHATA_STORAGE_CACHE_MAX_MB", "it is 0 or more"),
        (settings.max_film_seconds > 0, "BACHATA_MAX_FILM_SECONDS", "it is 1 or more"),
        (settings.max_encoded_minutes > 0, "BACHATA_MAX_ENCODED_MINUTES", "it is 1 or more"),
        (settings.max_film_mb > 0, "BACHATA_MAX_FILM_MB", "it is 1 or more"),
        (settings.encodes_at_once >= 0, "BACHATA_ENCODES_AT_ONCE", "it is 0 or more"),
        (settings.fetches_at_once > 0, "BACHATA_FETCHES_AT_ONCE", "it is 1 or more"),
        (settings.stop_seconds >= 2, "BACHATA_STOP_SECONDS", "it is 2 s or more"),
        (settings.max_uploads > 0, "BACHATA_MAX_UPLOADS", "it is 1 or more"),
        (
            settings.log_level in ("debug", "info", "warning", "error"),
            "BACHATA_LOG_LEVEL",
            "it is debug, info, warning or error",
        ),
    )
    return [Violation(path=name, message=message) for good, name, message in rules if not good]
