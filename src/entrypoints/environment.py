"""All settings with their names and descriptions."""

from typing import Final

import msgspec


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """One setting: its field, its environment variable, and its description."""

    field: str
    name: str
    meaning: str


SETTINGS: Final = (
    Setting(
        field="storage_backend",
        name="STORAGE_BACKEND",
        meaning="where media lies: `local`, in the data folder; `s3`, in a bucket",
    ),
    Setting(
        field="s3_bucket",
        name="BACHATA_S3_BUCKET",
        meaning="the bucket; `gs://` and `s3://` paths in old records must lie in it",
    ),
    Setting(
        field="s3_endpoint_url",
        name="BACHATA_S3_ENDPOINT_URL",
        meaning="where the object storage is; empty for Amazon's, or Google's, own address",
    ),
    Setting(
        field="s3_region",
        name="BACHATA_S3_REGION",
        meaning="the bucket's region; when empty the SDK's own, `us-east-1` for another server, "
        "`auto` for Google",
    ),
    Setting(
        field="s3_prefix",
        name="BACHATA_S3_PREFIX",
        meaning="folder of the bucket that everything lies in; the whole bucket when empty",
    ),
    Setting(
        field="s3_profile",
        name="BACHATA_S3_PROFILE",
        meaning="`aws`: Amazon S3 and what does as it does; `gcs`: Google Cloud Storage",
    ),
    Setting(
        field="s3_access_key",
        name="BACHATA_S3_ACCESS_KEY",
        meaning="id of the access key; the SDK looks where it always does when empty",
    ),
    Setting(field="s3_secret_key", name="BACHATA_S3_SECRET_KEY", meaning="its secret"),
    Setting(
        field="s3_link_seconds",
        name="BACHATA_S3_LINK_SECONDS",
        meaning="seconds for which `video_url` leads right into the bucket; "
        "0: films are played from the service",
    ),
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
    Setting(
        field="database_pool",
        name="BACHATA_DATABASE_POOL",
        meaning="connections to Postgres a process has at most",
    ),
    Setting(field="host", name="BACHATA_HOST", meaning="address the server listens on"),
    Setting(field="port", name="BACHATA_PORT", meaning="port the server listens on"),
    Setting(
        field="allowed_hosts",
        name="BACHATA_ALLOWED_HOSTS",
        meaning="hosts besides loopback names that requests, and pages, may come by, with commas "
        "between them: `host` or `host:port`",
    ),
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
        field="audio_analyzer",
        name="BACHATA_AUDIO_ANALYZER",
        meaning="`network`: beats by a network of our own; `librosa`: by librosa's tracker",
    ),
    Setting(
        field="cage",
        name="BACHATA_CAGE",
        meaning="`prefer`: files from outside are opened in a cage, as far as the system has one; "
        "`require`: not at all without; `off`: with limits of time and memory alone",
    ),
    Setting(
        field="gemini_api_key",
        name="GEMINI_API_KEY",
        meaning="key of a Gemini model that reads descriptions and proposes moves; "
        "without one rules and planner do",
    ),
    Setting(
        field="gemini_model", name="BACHATA_GEMINI_MODEL", meaning="the Gemini model that is asked"
    ),
    Setting(
        field="gemini_timeout",
        name="BACHATA_GEMINI_TIMEOUT",
        meaning="seconds Gemini has for a dance, both its questions together; "
        "then rules and planner do without",
    ),
    Setting(
        field="gemini_base_url",
        name="GOOGLE_GEMINI_BASE_URL",
        meaning="where Gemini is, when that is not where Google has it",
    ),
    Setting(
        field="move_embeddings_cache_ttl",
        name="MOVE_EMBEDDINGS_CACHE_TTL",
        meaning="seconds after which the index of the moves is made anew, changed or not",
    ),
    Setting(
        field="vector_search_top_k",
        name="VECTOR_SEARCH_TOP_K",
        meaning="moves that a search finds where it does not say how many",
    ),
    Setting(
        field="faiss_use_gpu",
        name="FAISS_USE_GPU",
        meaning="`on`: moves are searched by a GPU, where the installed FAISS has one; or `off`",
    ),
    Setting(
        field="faiss_nprobe",
        name="FAISS_NPROBE",
        meaning="above 0, more than 100,000 moves are searched in so many of their parts: faster, "
        "and some are missed",
    ),
    Setting(
        field="cache_max_mb",
        name="BACHATA_CACHE_MAX_MB",
        meaning="megabytes of disk for encoded clips and songs in the data folder's `cache`",
    ),
    Setting(
        field="storage_cache_max_mb",
        name="BACHATA_STORAGE_CACHE_MAX_MB",
        meaning="megabytes of encoded clips and songs in a bucket's `cache/`, which all machines "
        "share; the oldest are removed first",
    ),
    Setting(
        field="max_film_seconds",
        name="BACHATA_MAX_FILM_SECONDS",
        meaning="seconds that a film may last",
    ),
    Setting(
        field="max_encoded_minutes",
        name="BACHATA_MAX_ENCODED_MINUTES",
        meaning="minutes of 1280x720 at 30 frames a second that may have to be encoded for a film; "
        "larger pictures count by their pixels, `libx265` threefold, and what is copied not at all",
    ),
    Setting(
        field="max_film_mb",
        name="BACHATA_MAX_FILM_MB",
        meaning="megabytes of disk that a film and what is made for it may take",
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
        field="stop_seconds",
        name="BACHATA_STOP_SECONDS",
        meaning="seconds in which a server that is told to stop has ended, whatever hangs; "
        "5 less are left to requests",
    ),
    Setting(
        field="max_uploads",
        name="BACHATA_MAX_UPLOADS",
        meaning="songs and moves that are brought at once, in all and by one caller",
    ),
    Setting(
        field="log_level",
        name="BACHATA_LOG_LEVEL",
        meaning="`debug`, `info`, `warning` or `error`",
    ),
)
