"""The parts of the service with readiness checks, each with a stable name."""

from collections.abc import Mapping

from application.operations.check_health import Part
from application.search.move_search import FindMoves
from entrypoints.ports import Ports


def parts_of(ports: Ports, find_moves: FindMoves) -> Mapping[str, Part]:
    """Return every part, in order of display; add new parts of the service here and in
    `entrypoints.doctor_checks`.
    """
    parts = {
        "cage": Part(ask=ports.cage.ready, waits_for="the self-test of the cage"),
        # It needs the same resources as a write, and changes nothing.
        "database": Part(ask=ports.tasks.ready, waits_for="the database to take a write"),
        "encoder": Part(ask=ports.encoder.ready, waits_for="FFmpeg to tell its version"),
        "index": Part(ask=find_moves.ready, waits_for="the index of the moves"),
        "queue": Part(ask=ports.job_queue.ready, waits_for="the queue of jobs to answer"),
        "storage": Part(
            ask=ports.storage.ready,
            waits_for="the media storage to write and read a few bytes",
            writes=True,
        ),
        "workspace": Part(
            ask=ports.workspace.ready, waits_for="a folder to be made for work", writes=True
        ),
    }
    return parts
