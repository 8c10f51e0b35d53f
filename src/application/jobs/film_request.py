"""The requests for films that a job can carry, and their JSON."""

import msgspec

from application.planning.choreography_request import ChoreographyRequest
from application.planning.generate_from_text import DescribedRequest
from domain.blueprint import rules
from domain.blueprint.model import Blueprint
from domain.jobs.job import JobKind

FilmRequest = ChoreographyRequest | DescribedRequest | Blueprint


def kind_of(request: FilmRequest) -> JobKind:
    """Return the kind of job that makes the film."""
    if isinstance(request, ChoreographyRequest):
        return JobKind.GENERATE
    if isinstance(request, DescribedRequest):
        return JobKind.GENERATE_FROM_TEXT
    return JobKind.ASSEMBLE


def song_of(request: FilmRequest) -> str | None:
    """Return the id of the song, if the request names one of the library."""
    return None if isinstance(request, Blueprint) else request.song_id


def payload_of(request: FilmRequest) -> str:
    """Return the request as JSON."""
    if isinstance(request, Blueprint):
        return rules.serialised(request).decode()
    return msgspec.json.encode(request).decode()
