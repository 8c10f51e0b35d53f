"""Connect the use cases of songs and moves."""

from application.library.add_move import AddMove
from application.library.analyze_song import CorrectSong
from application.library.browse import ListMoves, ListSongs, ReadMove, ReadMoves, ReadSong
from application.library.check_library import CheckLibrary
from application.library.clip_analysis import Examination
from application.library.correct_move import CorrectMove
from application.library.import_library import ImportLibrary
from application.library.make_move_poster import MakeMovePoster
from application.library.receive_file import ReceiveFile
from application.library.remove import RemoveMove, RemoveSong
from application.library.stream_clip import StreamClip
from application.library.stream_song import StreamSong
from application.library.take_song import TakeSong
from application.library.upload_move import UploadMove
from application.library.upload_places import Uploads
from application.library.upload_song import UploadSong
from application.operations.use_case_logging import logged
from entrypoints.ports import Ports
from entrypoints.use_cases import (
    LibraryUseCases,
    UploadUseCases,
)
from entrypoints.wiring.service import (
    Service,
    add_move_of,
    add_song_of,
    analyze_song_of,
    library_jobs_of,
    prepare_item_of,
    share_beats_of,
)


def wire_library(service: Service, examination: Examination) -> LibraryUseCases:
    """Return the use cases of songs and moves."""
    ports = service.ports
    add_move, add_song, analyze_song = (
        add_move_of(ports),
        add_song_of(ports),
        analyze_song_of(ports),
    )
    remove_move = RemoveMove(ports.moves, ports.library_files, ports.storage)
    remove_song = RemoveSong(ports.songs, ports.library_files, ports.storage)
    return LibraryUseCases(
        add_move=logged("add_move", add_move),
        add_song=logged("add_song", add_song),
        analyze_song=analyze_song,
        check_library=_check_library(ports),
        correct_move=CorrectMove(ports.moves, library_jobs_of(ports)),
        correct_song=CorrectSong(ports.songs, analyze_song),
        import_library=_import_library(service, add_move, examination),
        list_moves=ListMoves(ports.moves),
        list_songs=ListSongs(ports.songs),
        make_move_poster=MakeMovePoster(
            ports.moves,
            ports.storage,
            ports.artifacts,
            ports.media_probe,
            ports.clips,
            ports.stills,
            ports.workspace,
        ),
        read_move=ReadMove(ports.moves),
        read_moves=ReadMoves(ports.moves),
        read_song=ReadSong(ports.songs),
        remove_move=logged("remove_move", remove_move),
        remove_song=logged("remove_song", remove_song),
        stream_clip=StreamClip(ports.moves, ports.storage),
        stream_song=StreamSong(ports.songs, ports.storage),
        take_song=TakeSong(ports.songs, ports.library_files, add_song),
    )


def _import_library(service: Service, add_move: AddMove, examination: Examination) -> ImportLibrary:
    ports, settings, _ = service
    return ImportLibrary(
        ports.moves,
        ports.library_files,
        ports.storage,
        ports.embeddings,
        ports.media_probe,
        add_move,
        examination,
        settings.cores,
        share_beats=share_beats_of(ports),
    )


def _check_library(ports: Ports) -> CheckLibrary:
    return CheckLibrary(
        ports.moves,
        ports.embeddings,
        ports.storage,
        ports.artifacts,
        ports.media_probe,
        ports.workspace,
        prepare_item_of(ports),
        share_beats_of(ports),
    )


def wire_uploads(service: Service, examination: Examination) -> UploadUseCases:
    """Return the use cases that receive songs and moves over HTTP."""
    ports, settings, limits = service
    upload_move = UploadMove(
        ports.moves,
        ports.library_files,
        ports.media_probe,
        examination,
        add_move_of(ports),
        library_jobs_of(ports),
        settings.cores,
        limits.upload_queue_wait,
    )
    upload_song = UploadSong(
        ports.songs,
        ports.library_files,
        ports.media_probe,
        add_song_of(ports),
        library_jobs_of(ports),
        settings.cores,
        limits.upload_queue_wait,
    )
    # There is only one caller, who may use every place.
    places = Uploads(ports.workspace, settings.max_uploads, settings.max_uploads)
    return UploadUseCases(
        receive_file=ReceiveFile(ports.workspace, places),
        upload_move=logged("upload_move", upload_move),
        upload_song=logged("upload_song", upload_song),
    )
