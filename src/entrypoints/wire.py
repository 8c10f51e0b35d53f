"""How the use cases are joined to their ports."""

from collections.abc import Mapping
from functools import partial

from application.around import logged
from application.examining import Examination
from application.filming import Filming
from application.finding import FindMoves
from application.later import Later
from application.record import OnRecord
from application.seed_library import SeedLibrary
from application.seed_tasks import SeedTasks
from application.shortlisting import Shortlist
from application.timeouts import Timeouts
from application.uploads import Uploads
from application.usecases.add_move import AddMove
from application.usecases.add_song import AddSong
from application.usecases.assemble import AssembleVideo
from application.usecases.browse import ListMoves, ListSongs, ReadMove, ReadMoves, ReadSong
from application.usecases.check_health import CheckHealth
from application.usecases.check_library import CheckLibrary
from application.usecases.complete_moves import CompleteMoves
from application.usecases.correct_move import CorrectMove
from application.usecases.describe import GenerateFromWords, PlanFromWords, UnderstandDescription
from application.usecases.embed_moves import EmbedMoves
from application.usecases.explain import ExplainBlueprint
from application.usecases.generate import GenerateChoreography
from application.usecases.hear import CorrectSong, HearSong
from application.usecases.import_library import ImportLibrary
from application.usecases.make_demo import MakeDemoLibrary
from application.usecases.migrate_seed import MigrateSeed
from application.usecases.plan import PlanChoreography
from application.usecases.plan_sample import PlanSample
from application.usecases.preview import PreviewChoreography
from application.usecases.read_blueprint import ReadBlueprint
from application.usecases.receive import ReceiveFile
from application.usecases.recover import RecoverStorage
from application.usecases.remove import RemoveMove, RemoveSong
from application.usecases.search_moves import SearchMoves
from application.usecases.sweep import SweepLeftovers
from application.usecases.take_song import TakeSong
from application.usecases.upload_move import UploadMove
from application.usecases.upload_song import UploadSong
from application.usecases.warm import WarmLibrary
from application.usecases.watch import WatchVideo
from application.usecases.watch_clip import WatchClip
from application.verifying import Verification
from application.watched import Watched
from domain import paths
from domain.embeddings import Part
from entrypoints.parts import parts_of
from entrypoints.ports import Ports
from entrypoints.settings import Settings
from entrypoints.use_cases import UseCases


def wire(ports: Ports, settings: Settings, timeouts: Timeouts | None = None) -> UseCases:
    """Join the use cases to their ports."""
    limits = timeouts or Timeouts()
    fetches = settings.fetches_at_once
    later = Later(limits)
    warm = WarmLibrary(
        ports.library,
        ports.storage,
        ports.shelf,
        ports.encoder,
        ports.workspace,
        settings.cores,
    )

    def doubt(clips: Mapping[str, str]) -> None:
        later("trying the clips of a film that failed", partial(warm.doubt, clips))

    film = Filming(
        ports.storage,
        ports.shelf,
        ports.encoder,
        ports.workspace,
        fetches,
        settings.s3_link_seconds,
        doubt,
        settings.film_limits,
    )
    hear = HearSong(
        ports.library, ports.storage, ports.shelf, ports.encoder, ports.workspace, ports.listener
    )
    watched = Watched(ports.embeddings)
    examine = Examination(hear.file, ports.embedder, ports.watcher)
    find_moves = FindMoves(
        ports.embeddings,
        ports.index,
        ports.embedder,
        ports.clock,
        makers={Part.AUDIO: ports.listener.name},
        life=settings.move_embeddings_cache_ttl,
        top=settings.vector_search_top_k,
        complete=EmbedMoves(ports.library, ports.embeddings, ports.embedder),
    )
    plan = PlanChoreography(
        ports.library,
        hear,
        ports.clock,
        ports.choreographer,
        watched,
        Shortlist(ports.library, find_moves, hear),
    )
    limit = settings.assembly_timeout
    on_record = OnRecord(ports.tasks, ports.progress, ports.clock, ports.workspace, limit)
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
    understand = UnderstandDescription(ports.library, ports.choreographer)
    return UseCases(
        add_move=logged("add_move", add_move),
        add_song=logged("add_song", add_song),
        assemble=logged("assemble", AssembleVideo(on_record, ports.blueprints, film)),
        check_health=CheckHealth(parts_of(ports, find_moves)),
        complete_moves=CompleteMoves(
            ports.library,
            ports.storage,
            ports.shelf,
            ports.encoder,
            ports.workspace,
            ports.embeddings,
            examine,
            ports.listener,
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
            ports.shelf,
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
            ports.shelf,
            ports.encoder,
            ports.projector,
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
        sweep=SweepLeftovers(
            ports.tasks, ports.blueprints, ports.storage, ports.workspace, ports.clock, limit
        ),
        take_song=TakeSong(ports.library, add_song),
        upload_move=logged(
            "upload_move",
            UploadMove(
                ports.library,
                ports.doorkeeper,
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
                ports.doorkeeper,
                add_song,
                hear,
                later,
                settings.cores,
                limits.upload_turn,
            ),
        ),
        warm=logged("warm", warm),
        watch=WatchVideo(ports.tasks, ports.storage),
        watch_clip=WatchClip(ports.library, ports.storage),
    )


def _made_in_storage(settings: Settings) -> int:
    """Bytes of made files that may stay in the storage; of a local one the cache alone has them."""
    return 0 if settings.storage_backend == "local" else settings.storage_cache_max_mb * 1_000_000
