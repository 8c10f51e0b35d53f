"""Examples in the OpenAPI document, of a library such as the demo's."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

import msgspec

from application.accounts.manage_keys import ApiKeyRequest
from application.library.library_jobs import Preparation
from application.planning.choreography_request import ChoreographyRequest
from application.planning.generate_from_text import DescribedRequest
from application.planning.replan_request import ReplanRequest
from application.search.search_moves import MoveSearch
from application.webhooks.manage_webhooks import WebhookRequest
from domain.accounts.rules import Credentials, Registration
from domain.blueprint.model import (
    Blueprint,
    BlueprintMove,
    Difficulty,
    OutputConfig,
    PictureFormat,
)
from domain.library.corrections import Correction
from domain.library.moves import Energy, Style
from domain.shared import paths
from domain.storage.kinds import StorageKind
from entrypoints.http.account_bodies import RefreshToken
from entrypoints.http.film_bodies import (
    BlueprintFilmRequest,
    ChoreographyFilmRequest,
    DescribedFilmRequest,
)
from entrypoints.http.script_bodies import ScriptUpload, ScriptVideoRequest
from entrypoints.http.storage_bodies import CleanupRequest

SONG: Final = "luna-de-humo"
MOVE: Final = "body-wave"
TASK: Final = UUID("d59fc00f-ef2b-4acb-bac4-c1c69d4a0416")
_NAME: Final = "ana@example.org"
_PASSWORD: Final = "correct horse battery"  # noqa: S105 - nobody's
_NEW_TASK: Final = UUID("0b6f3a52-7c1e-4f0e-9a55-3f6f1d7c2b10")

_RECEIVER: Final = "https://dance.example.org/films"
_BLUEPRINT: Final = Blueprint(
    task_id=_NEW_TASK,
    audio_path=f"songs/{SONG}-8e65cd44ac52098a",
    moves=(
        BlueprintMove(
            video_path=f"clips/{MOVE}-9184f05fd7fefc4f.mp4", start_time=0.0, duration=4.0
        ),
    ),
    output_config=OutputConfig(output_path=paths.film(paths.LOCAL_USER, _NEW_TASK)),
)

PARAMETERS: Final[Mapping[str, str]] = {
    "song_id": SONG,
    "move_id": MOVE,
    "task_id": str(TASK),
    "video_id": str(TASK),
    "key_id": str(TASK),
    "webhook_id": str(TASK),
    "delivery_id": str(TASK),
    "job_id": str(TASK),
    "script_id": str(TASK),
    "version": "0123456789abcdef",
    "playlist": "picture.m3u8",
    "kind": "picture",
    "segment": "init.mp4",
    "search": "luna",
    "genre": "bachata",
    "label": "bodywaves",
}
"""Values of parameters in paths and queries, by the names of the parameters."""

BODIES: Final[tuple[msgspec.Struct, ...]] = (
    ChoreographyRequest(
        song_id=SONG, difficulty=Difficulty.INTERMEDIATE, energy_level=Energy.MEDIUM, seed=7
    ),
    DescribedRequest(query="slow and romantic for beginners, no dips, to Luna de humo, one minute"),
    ReplanRequest(blueprint=_BLUEPRINT, locks=(0,), seed=9),
    MoveSearch(words="a slow wave through the body", style=Style.SENSUAL, limit=5),
    Correction(beats="double", one_at=0.5),
    Registration(name=_NAME, password=_PASSWORD),
    Credentials(name=_NAME, password=_PASSWORD),
    RefreshToken(refresh_token=f"bbr_{_NEW_TASK.hex}_{43 * '0'}"),
    Preparation(picture=PictureFormat(width=1920, height=1080, frame_rate=25)),
    CleanupRequest(dry_run=True, kinds=(StorageKind.TEMP, StorageKind.AUDIO)),
    ApiKeyRequest(name="nightly", expires_in_days=90),
    WebhookRequest(url=_RECEIVER),
    ScriptUpload(
        content="Bachata was born in the Dominican Republic.\n\nThe whole world dances it."
    ),
    ScriptVideoRequest(script_id=TASK, resolution="1080x1920", duration=30.0),
    ChoreographyFilmRequest(
        song_id=SONG,
        difficulty=Difficulty.INTERMEDIATE,
        energy_level=Energy.MEDIUM,
        seed=7,
        metadata={"order": "A-17"},
    ),
    DescribedFilmRequest(
        query="slow and romantic for beginners, no dips, to Luna de humo, one minute",
        metadata={"order": "A-17"},
    ),
    BlueprintFilmRequest(**msgspec.structs.asdict(_BLUEPRINT), metadata={"order": "A-17"}),
)
"""Bodies of requests, one for each type of body that is JSON."""


def add_to_schemas(schemas: dict[str, Any]) -> None:
    """Add the bodies to the schemas of their types."""
    for body in BODIES:
        schemas[type(body).__name__]["examples"] = [msgspec.to_builtins(body)]


def with_example(parameter: dict[str, Any]) -> dict[str, Any]:
    """Return the description of a parameter with its example, if it has one."""
    example = PARAMETERS.get(parameter["name"])
    return parameter if example is None else {**parameter, "example": example}
