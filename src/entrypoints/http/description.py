"""The OpenAPI document."""

from importlib.metadata import version
from typing import Final

import msgspec
from litestar import Litestar
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin

from application.usecases.assemble import FinishedFilm
from application.usecases.check_health import Health
from application.usecases.describe import DescribedFilm, DescribedRequest, Understanding
from application.usecases.plan import ChoreographyRequest
from application.usecases.search_moves import LikeMoves, MoveSearch
from application.usecases.upload_move import MoveForm, UploadedMove
from application.usecases.upload_song import SongForm
from domain.blueprint import Blueprint
from domain.corrections import Correction
from domain.music import Analysis
from entrypoints.http.health import Alive
from entrypoints.http.pages import MovePage, SongPage
from entrypoints.http.problems import Problem

SPOKEN: Final = (
    Alive,
    Analysis,
    Blueprint,
    ChoreographyRequest,
    Correction,
    DescribedFilm,
    DescribedRequest,
    FinishedFilm,
    Health,
    LikeMoves,
    MoveForm,
    MovePage,
    MoveSearch,
    Problem,
    SongForm,
    SongPage,
    Understanding,
    UploadedMove,
)
"""What goes in and out; the objects within them come along."""


def config() -> OpenAPIConfig:
    """What the document says of the service as a whole; the routes say the rest themselves."""
    return OpenAPIConfig(
        title="Bachata Buddy",
        version=version("bachata-buddy"),
        description="Choreography videos from songs and filmed dance moves.",
        use_handler_docstrings=True,
        # A page that shows it would be fetched from other hosts; the document itself is enough.
        render_plugins=[JsonRenderPlugin()],
    )


def describe_exactly(app: Litestar) -> None:
    """Let msgspec, which reads the structs, say what is in them.

    Litestar's generator leaves out that a struct takes no other fields and some of the ranges,
    and takes the dots of ``tuple[X, ...]`` for one more type.
    """
    _, schemas = msgspec.json.schema_components(SPOKEN, ref_template="#/components/schemas/{name}")
    app.openapi_schema.components.schemas = schemas
