"""The settings: one immutable struct that declares each setting once."""

from pathlib import Path
from typing import Annotated

from application.concurrency.cores import usable_cores
from domain.rendering.workload import FilmLimits
from domain.shared.bucket_uris import Home
from entrypoints import setting_rules as rules
from entrypoints.server_settings import ServerSettings
from entrypoints.setting_rules import Setting


class Settings(ServerSettings, frozen=True, kw_only=True):
    """All settings of the service."""

    storage_backend: Annotated[
        str,
        Setting(
            "media storage: `local`, in the data folder; `s3`, in a bucket",
            rules.one_of("local", "s3"),
            name="STORAGE_BACKEND",
        ),
    ] = "local"
    s3_bucket: Annotated[
        str, Setting("the bucket; `gs://` and `s3://` paths in old records must lie in it")
    ] = ""
    s3_endpoint_url: Annotated[
        str,
        Setting(
            "address of the object storage; empty for Amazon's, or Google's, own address",
            rules.WEB_ADDRESS,
        ),
    ] = ""
    s3_region: Annotated[
        str, Setting("the bucket's region; empty: the SDK's, else `us-east-1`, `auto` for Google")
    ] = ""
    s3_prefix: Annotated[
        str,
        Setting(
            "folder of the bucket that holds everything; the whole bucket when empty", rules.FOLDER
        ),
    ] = ""
    s3_profile: Annotated[
        str,
        Setting(
            "`aws`: Amazon S3 and S3-compatible servers; `gcs`: Google Cloud Storage",
            rules.one_of("aws", "gcs"),
        ),
    ] = "aws"
    s3_access_key: Annotated[
        str, Setting("id of the access key; empty: the SDK's usual sources")
    ] = ""
    s3_secret_key: Annotated[str, Setting("secret of the access key", secret=True)] = ""
    s3_link_seconds: Annotated[
        int,
        Setting(
            "lifetime of the signed links to the bucket in `video_url`; 0: the service serves "
            "films itself",
            rules.between(0, 604_800),
            unit="s",
        ),
    ] = 0
    data_dir: Annotated[str, Setting("folder of the database, the media and the work files")] = (
        "var"
    )
    database_url: Annotated[
        str,
        Setting(
            "`sqlite+aiosqlite:///...` or `postgresql+asyncpg://...`; "
            "`bachata.db` in the data folder when empty",
            secret=True,
        ),
    ] = ""
    database_pool: Annotated[
        int, Setting("maximum number of connections to Postgres of one process", rules.at_least(1))
    ] = 10
    assembly_timeout: Annotated[
        float,
        Setting("time limit of making a film, planning included", rules.more_than(0), unit="s"),
    ] = 600.0
    encoder: Annotated[
        str,
        Setting(
            "`joining`: clips are encoded once and films joined by copying; "
            "`ffmpeg`: every film is encoded from its clips",
            rules.one_of("joining", "ffmpeg"),
        ),
    ] = "joining"
    audio_analyzer: Annotated[
        str,
        Setting(
            "`network`: our own neural network finds the beats; `librosa`: librosa's tracker does",
            rules.one_of("network", "librosa"),
        ),
    ] = "network"
    cage: Annotated[
        str,
        Setting(
            "`prefer`: open files from outside in a cage, as far as the system supports it; "
            "`require`: refuse to start without a whole cage; `off`: limit only time and memory",
            rules.one_of("require", "prefer", "off"),
        ),
    ] = "prefer"
    gemini_api_key: Annotated[
        str,
        Setting(
            "API key for Gemini, which reads descriptions and proposes moves; empty: rules read "
            "descriptions",
            name="GEMINI_API_KEY",
            secret=True,
        ),
    ] = ""
    gemini_model: Annotated[str, Setting("name of the Gemini model")] = "gemini-flash-lite-latest"
    gemini_timeout: Annotated[
        float,
        Setting(
            "time limit of both requests to Gemini together; afterwards rules and the planner "
            "take over",
            rules.more_than(0),
            unit="s",
        ),
    ] = 5.0
    gemini_base_url: Annotated[
        str, Setting("address of Gemini; Google's own when empty", name="GOOGLE_GEMINI_BASE_URL")
    ] = ""
    move_embeddings_cache_ttl: Annotated[
        float,
        Setting(
            "time after which the index of the moves is rebuilt, even without changes",
            rules.more_than(0),
            unit="s",
            name="MOVE_EMBEDDINGS_CACHE_TTL",
        ),
    ] = 3600.0
    vector_search_top_k: Annotated[
        int,
        Setting(
            "default number of moves in a search result",
            rules.between(1, 200),
            name="VECTOR_SEARCH_TOP_K",
        ),
    ] = 20
    faiss_use_gpu: Annotated[
        str,
        Setting(
            "`on`: a GPU searches the moves, if the installed FAISS supports one; or `off`",
            rules.ON_OR_OFF,
            name="FAISS_USE_GPU",
        ),
    ] = "off"
    faiss_nprobe: Annotated[
        int,
        Setting(
            "IVF clusters to probe when there are more than 100,000 moves; 0: exact search",
            rules.at_least(0),
            name="FAISS_NPROBE",
        ),
    ] = 0
    cache_max_mb: Annotated[
        int,
        Setting(
            "disk space for encoded clips and songs in the data folder's `cache`",
            rules.at_least(0),
            unit="MB",
        ),
    ] = 10240
    storage_cache_max_mb: Annotated[
        int,
        Setting(
            "space for encoded clips and songs in a bucket's `cache/`, which all machines share; "
            "the oldest are removed first",
            rules.at_least(0),
            unit="MB",
        ),
    ] = 102400
    max_film_seconds: Annotated[
        int, Setting("maximum length of a film", rules.at_least(1), unit="s")
    ] = 3600
    max_encoded_minutes: Annotated[
        int,
        Setting(
            "maximum length of video to encode for one film, as 1280x720 at 30 frames a second; "
            "larger pictures "
            "count by their pixels, `libx265` threefold, and copied clips not at all",
            rules.at_least(1),
            unit="min",
        ),
    ] = 120
    max_film_mb: Annotated[
        int,
        Setting(
            "maximum disk space for a film and its intermediate files", rules.at_least(1), unit="MB"
        ),
    ] = 8192
    warm: Annotated[
        str,
        Setting(
            "`on`: the server encodes all library clips in the background; or `off`",
            rules.one_of("on", "off"),
        ),
    ] = "on"
    encodes_at_once: Annotated[
        int,
        Setting(
            "maximum number of parallel FFmpeg processes, besides half as many of work on the "
            "library; 0: one for every core",
            rules.at_least(0),
        ),
    ] = 0
    fetches_at_once: Annotated[
        int, Setting("maximum number of parallel downloads from the storage", rules.at_least(1))
    ] = 8
    stop_seconds: Annotated[
        float,
        Setting(
            "time limit for stopping the server; requests that are being answered get 5 s less",
            rules.at_least(2),
            unit="s",
        ),
    ] = 9.0
    max_uploads: Annotated[
        int,
        Setting("maximum number of parallel uploads, in total and per caller", rules.at_least(1)),
    ] = 8
    otel_endpoint: Annotated[
        str,
        Setting(
            "address of a collector of OpenTelemetry traces, by OTLP over HTTP; empty: no traces; "
            "needs the extra `otel`",
            rules.WEB_ADDRESS,
            name="OTEL_EXPORTER_OTLP_ENDPOINT",
        ),
    ] = ""
    log_level: Annotated[
        str,
        Setting(
            "`debug`, `info`, `warning` or `error`",
            rules.one_of("debug", "info", "warning", "error"),
        ),
    ] = "info"

    def media_at(self, path: str) -> str:
        """Return the place of a stored file for users: its path on disk, or its URI in a bucket."""
        if self.storage_backend == "s3":
            scheme = "gs" if self.s3_profile == "gcs" else "s3"
            places = (f"{scheme}:/", self.s3_bucket, self.s3_prefix.strip("/"), path)
            return "/".join(filter(None, places))
        return str((self.folder / "media" / path).resolve())

    @property
    def asks_gemini_for_media(self) -> bool:
        """True if Gemini draws pictures and reads scripts aloud."""
        return bool(self.gemini_api_key) and self.gemini_media == "on"

    @property
    def folder(self) -> Path:
        """The data folder."""
        return Path(self.data_dir).absolute()

    @property
    def database(self) -> str:
        """URL of the database; by default SQLite in the data folder."""
        return self.database_url or f"sqlite+aiosqlite:///{self.folder / 'bachata.db'}"

    @property
    def home(self) -> Home | None:
        """The bucket that URIs in old records must belong to, if there is one."""
        folder = self.s3_prefix.strip("/")
        return Home(bucket=self.s3_bucket, folder=folder) if self.s3_bucket else None

    @property
    def film_limits(self) -> FilmLimits:
        """Maximum workload of a film."""
        return FilmLimits(
            seconds=self.max_film_seconds,
            encoded_minutes=self.max_encoded_minutes,
            megabytes=self.max_film_mb,
            joined=self.encoder == "joining",
        )

    @property
    def wants_gpu(self) -> bool:
        """True if a GPU should search moves."""
        return self.faiss_use_gpu.lower() in rules.ON

    @property
    def cores(self) -> int:
        """Number of parallel encodings."""
        return self.encodes_at_once or usable_cores()
