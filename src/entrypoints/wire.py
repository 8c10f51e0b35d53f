"""How the use cases are joined to their ports."""

from collections.abc import Mapping
from functools import partial

from application.concurrency.background_queue import BackgroundQueue
from application.concurrency.timeouts import Timeouts
from application.library.add_move import AddMove
from application.library.add_song import AddSong
from application.library.analyze_song import AnalyzeSong, CorrectSong
from application.library.backfill_audio_embeddings import BackfillAudioEmbeddings
from application.library.backfill_text_embeddings import BackfillTextEmbeddings
from application.library.browse import ListMoves, ListSongs, ReadMove, ReadMoves, ReadSong
from application.library.check_library import CheckLibrary
from application.library.clip_analysis import Examination
from application.library.correct_move import CorrectMove
from application.library.import_library import ImportLibrary
from application.library.prewarm_library import PrewarmLibrary
from application.library.receive_file import ReceiveFile
from application.library.remove import RemoveMove, RemoveSong
from application.library.stream_clip import StreamClip
from application.library.take_song import TakeSong
from application.library.upload_move import UploadMove
from application.library.upload_places import Uploads
from application.library.upload_song import UploadSong
from application.migration.library import SeedLibrary
from application.migration.migrate_seed import MigrateSeed
from application.migration.tasks import SeedTasks
from application.migration.verification import Verification
from application.operations.check_health import CheckHealth
from application.operations.make_demo import MakeDemoLibrary
from application.operations.recover_storage import RecoverStorage
from application.operations.use_case_logging import logged
from application.planning.explain import ExplainBlueprint
from application.planning.generate import GenerateChoreography
from application.planning.generate_from_text import (
    GenerateFromWords,
    PlanFromWords,
    UnderstandDescription,
)
from application.planning.motion_cache import MotionCache
from application.planning.plan import PlanChoreography
from application.planning.plan_sample import PlanSample
from application.planning.shortlisting import Shortlist
from application.rendering.assemble import AssembleVideo
from application.rendering.film_pipeline import FilmPipeline
from application.rendering.preview import PreviewChoreography
from application.rendering.read_blueprint import ReadBlueprint
from application.rendering.recover_interrupted import RecoverInterrupted
from application.rendering.stream_video import StreamVideo
from application.rendering.task_tracking import TrackedTasks
from application.search.move_search import FindMoves
from application.search.search_moves import SearchMoves
from domain.library.embeddings import Part
from domain.shared import paths
from entrypoints.parts import parts_of
from entrypoints.ports import Ports
from entrypoints.settings import Settings
from entrypoints.use_cases import UseCases


def wire(ports: Ports, settings: Settings, timeouts: Timeouts | None = None) -> UseCases:
    """Join the use cases to their ports."""
    limits = timeouts or Timeouts()
    fetches = settings.fetches_at_once
    later = BackgroundQueue(limits)
    warm = PrewarmLibrary(
        ports.library,
        ports.storage,
        ports.artifacts,
        ports.encoder,
        ports.workspace,
        settings.cores,
    )

    def doubt(clips: Mapping[str, str]) -> None:
        later("trying the clips of a film that failed", partial(warm.doubt, clips))

    film = FilmPipeline(
        ports.storage,
        ports.artifacts,
        ports.encoder,
        ports.workspace,
        fetches,
        settings.s3_link_seconds,
        doubt,
        settings.film_limits,
    )
    hear = AnalyzeSong(
        ports.library,
        ports.storage,
        ports.artifacts,
        ports.encoder,
        ports.workspace,
        ports.audio_analyzer,
    )
    watched = MotionCache(ports.embeddings)
    examine = Examination(hear.file, ports.embedder, ports.motion_analyzer)
    find_moves = FindMoves(
        ports.embeddings,
        ports.index,
        ports.embedder,
        ports.clock,
        makers={Part.AUDIO: ports.audio_analyzer.name},
        life=settings.move_embeddings_cache_ttl,
        top=settings.vector_search_top_k,
        complete=BackfillTextEmbeddings(ports.library, ports.embeddings, ports.embedder),
    )
    plan = PlanChoreography(
        ports.library,
        hear,
        ports.clock,
        ports.description_model,
        watched,
        Shortlist(ports.library, find_moves, hear),
    )
    limit = settings.assembly_timeout
    on_record = TrackedTasks(ports.tasks, ports.progress, ports.clock, ports.workspace, limit)
    add_move = AddMove(
        ports.library,
        ports.storage,
        ports.encoder,
        ports.workspace,
        ports.embedder,
    )
    add_song = AddSong(ports.library, ports.storage, ports.encoder, ports.workspace)
    read_blueprint = ReadBlueprint(ports.tasks, ports.blueprints)
    generate = GenerateChoreography(on_record, ports.blueprints, plan, film)
    import_library = ImportLibrary(
        ports.library,
        ports.storage,
        ports.embeddings,
        ports.encoder,
        add_move,
        examine,
        settings.cores,
    )
    understand = UnderstandDescription(ports.library, ports.description_model)
    return UseCases(
        add_move=logged("add_move", add_move),
        add_song=logged("add_song", add_song),
        assemble=logged("assemble", AssembleVideo(on_record, ports.blueprints, film)),
        check_health=CheckHealth(parts_of(ports, find_moves)),
        complete_moves=BackfillAudioEmbeddings(
            ports.library,
            ports.storage,
            ports.artifacts,
            ports.encoder,
            ports.workspace,
            ports.embeddings,
            examine,
            ports.audio_analyzer,
        ),
        correct=CorrectSong(ports.library, hear),
        correct_move=CorrectMove(ports.library, warm, later),
        explain=ExplainBlueprint(ports.library, hear, watched),
        find_moves=find_moves,
        hear=hear,
        check_library=CheckLibrary(
            ports.library,
            ports.embeddings,
            ports.storage,
            ports.artifacts,
            ports.encoder,
            ports.workspace,
            warm,
        ),
        import_library=import_library,
        generate=logged("generate", generate),
        generate_from_words=logged("generate_from_words", GenerateFromWords(understand, generate)),
        understand=understand,
        later=later,
        list_moves=ListMoves(ports.library),
        list_songs=ListSongs(ports.library),
        make_demo=MakeDemoLibrary(
            ports.studio, ports.library, ports.workspace, add_move, add_song, settings.cores
        ),
        migrate_seed=logged(
            "migrate_seed",
            MigrateSeed(
                SeedLibrary(ports.library, ports.encoder, add_song, import_library, settings.cores),
                SeedTasks(
                    ports.tasks, ports.blueprints, ports.storage, ports.encoder, paths.LOCAL_USER
                ),
                Verification(
                    ports.library, ports.embeddings, ports.tasks, ports.blueprints, ports.storage
                ),
                ports.storage,
                ports.workspace,
                settings.home,
            ),
        ),
        plan=logged("plan", plan),
        plan_from_words=logged("plan_from_words", PlanFromWords(understand, plan)),
        plan_sample=PlanSample(plan),
        preview=PreviewChoreography(
            read_blueprint,
            ports.storage,
            ports.artifacts,
            ports.encoder,
            ports.preview_streamer,
            ports.workspace,
            fetches,
            settings.film_limits,
        ),
        read_blueprint=read_blueprint,
        read_move=ReadMove(ports.library),
        read_moves=ReadMoves(ports.library),
        read_song=ReadSong(ports.library),
        receive_file=ReceiveFile(
            ports.workspace,
            # There is one kind of caller, who may have every place.
            Uploads(ports.workspace, settings.max_uploads, settings.max_uploads),
        ),
        recover=RecoverStorage(
            ports.library,
            ports.tasks,
            ports.blueprints,
            ports.storage,
            made=_made_in_storage(settings),
        ),
        remove_move=logged("remove_move", RemoveMove(ports.library, ports.storage)),
        remove_song=logged("remove_song", RemoveSong(ports.library, ports.storage)),
        search_moves=SearchMoves(find_moves, ports.library, ports.embeddings, hear),
        sweep=RecoverInterrupted(
            ports.tasks, ports.blueprints, ports.storage, ports.workspace, ports.clock, limit
        ),
        take_song=TakeSong(ports.library, add_song),
        upload_move=logged(
            "upload_move",
            UploadMove(
                ports.library,
                ports.upload_probe,
                examine,
                add_move,
                warm,
                later,
                settings.cores,
                limits.upload_turn,
            ),
        ),
        upload_song=logged(
            "upload_song",
            UploadSong(
                ports.library,
                ports.upload_probe,
                add_song,
                hear,
                later,
                settings.cores,
                limits.upload_turn,
            ),
        ),
        warm=logged("warm", warm),
        watch=StreamVideo(ports.tasks, ports.storage),
        watch_clip=StreamClip(ports.library, ports.storage),
    )


def _made_in_storage(settings: Settings) -> int:
    """Bytes of made files that may stay in the storage; of a local one the cache alone has them."""
    return 0 if settings.storage_backend == "local" else settings.storage_cache_max_mb * 1_000_000
