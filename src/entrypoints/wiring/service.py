"""Parts that several features share."""

from typing import NamedTuple

from application.concurrency.timeouts import Timeouts
from application.library.add_move import AddMove
from application.library.add_song import AddSong
from application.library.analyze_song import AnalyzeSong
from application.library.clip_analysis import Examination
from application.library.library_jobs import LibraryJobs
from application.library.prepare_item import PrepareItem
from application.library.share_beats import ShareBeats
from application.quotas.reservations import Reservations
from application.rendering.film_room import FilmRoom
from entrypoints.ports import Ports
from entrypoints.settings import Settings


class Service(NamedTuple):
    """The parts that all wiring functions need."""

    ports: Ports
    settings: Settings
    timeouts: Timeouts


def reservations_of(service: Service) -> Reservations:
    """Return what holds room for files that are being made."""
    return Reservations(service.ports.stored_files, service.settings.quota)


def film_room_of(service: Service) -> FilmRoom:
    """Return what makes sure that a film has room."""
    return FilmRoom(service.ports.workspace, reservations_of(service))


def examination_of(service: Service) -> Examination:
    """Return the analysis of clips."""
    ports = service.ports
    analyze_song = analyze_song_of(ports)
    return Examination(analyze_song.file, ports.embedder, ports.motion_analyzer)


def analyze_song_of(ports: Ports) -> AnalyzeSong:
    """Return the analysis of songs."""
    return AnalyzeSong(
        ports.songs,
        ports.storage,
        ports.artifacts,
        ports.media_probe,
        ports.workspace,
        ports.audio_analyzer,
    )


def add_move_of(ports: Ports) -> AddMove:
    """Return the use case that adds moves, without logging."""
    return AddMove(
        ports.moves,
        ports.library_files,
        ports.storage,
        ports.media_probe,
        ports.clips,
        ports.workspace,
        ports.embedder,
    )


def share_beats_of(ports: Ports) -> ShareBeats:
    """Return the use case that gives unsure clips the beats of surer ones."""
    return ShareBeats(
        ports.moves,
        ports.storage,
        ports.artifacts,
        ports.media_probe,
        ports.workspace,
        ports.sound_aligner,
    )


def add_song_of(ports: Ports) -> AddSong:
    """Return the use case that adds songs, without logging."""
    return AddSong(
        ports.songs,
        ports.library_files,
        ports.storage,
        ports.media_probe,
        ports.clips,
        ports.workspace,
    )


def prepare_item_of(ports: Ports) -> PrepareItem:
    """Return the use case that prepares a song or a clip for films."""
    return PrepareItem(
        ports.songs,
        ports.moves,
        ports.storage,
        ports.artifacts,
        ports.media_probe,
        ports.clips,
        ports.workspace,
    )


def library_jobs_of(ports: Ports) -> LibraryJobs:
    """Return the jobs that follow changes of the library."""
    return LibraryJobs(ports.jobs, ports.job_queue, ports.clock)
