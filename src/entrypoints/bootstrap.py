"""The composition root: the only module that knows which adapter stands behind which port."""

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from adapters.choreographer.gemini import GeminiChoreographer
from adapters.choreographer.offline import OfflineChoreographer
from adapters.database.blueprints import SqlBlueprintArchive
from adapters.database.embeddings import SqlMoveEmbeddings
from adapters.database.engine import open_database
from adapters.database.library import SqlLibrary
from adapters.database.tasks import SqlTaskRepository
from adapters.demo.studio import CodeStudio
from adapters.embedding.hashed import HashedEmbedder
from adapters.embedding.motion import PictureWatcher
from adapters.ffmpeg.decode import mono
from adapters.ffmpeg.encoder import FFmpegEncoder
from adapters.listening.librosa_listener import LibrosaListener
from adapters.listening.song_listener import SongListener
from adapters.mp4.encoder import JoiningEncoder
from adapters.mp4.projector import FragmentProjector
from adapters.progress.logs import LogProgress
from adapters.progress.several import SeveralProgress
from adapters.storage.local import LocalStorage
from adapters.storage.shelf import LocalShelf
from adapters.storage.workspace import LocalWorkspace
from adapters.system.clock import SystemClock
from application.around import logged
from application.examining import Examination
from application.filming import Filming
from application.ports.blueprints import BlueprintArchive
from application.ports.choreographer import Choreographer
from application.ports.clock import Clock
from application.ports.demo import DemoStudio
from application.ports.embedder import Embedder
from application.ports.encoder import Encoder
from application.ports.library import Library
from application.ports.listener import Listener
from application.ports.move_embeddings import MoveEmbeddings
from application.ports.progress import Progress
from application.ports.projector import Projector
from application.ports.shelf import Shelf
from application.ports.storage import Storage
from application.ports.tasks import TaskRepository
from application.ports.watcher import Watcher
from application.ports.workspace import Workspace
from application.usecases.add_move import AddMove
from application.usecases.add_song import AddSong
from application.usecases.assemble import AssembleVideo
from application.usecases.browse import ListMoves, ListSongs, ReadMove, ReadSong
from application.usecases.check_health import CheckHealth
from application.usecases.check_library import CheckLibrary
from application.usecases.describe import GenerateFromWords, UnderstandDescription
from application.usecases.generate import GenerateChoreography
from application.usecases.hear import CorrectSong, HearSong
from application.usecases.import_library import ImportLibrary
from application.usecases.make_demo import MakeDemoLibrary
from application.usecases.plan import PlanChoreography
from application.usecases.preview import PreviewChoreography
from application.usecases.read_blueprint import ReadBlueprint
from application.usecases.sweep import SweepLeftovers
from application.usecases.warm import WarmLibrary
from application.usecases.watch import WatchVideo
from entrypoints.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Everything outside, already open."""

    tasks: TaskRepository
    blueprints: BlueprintArchive
    library: Library
    storage: Storage
    shelf: Shelf
    encoder: Encoder
    projector: Projector
    workspace: Workspace
    listener: Listener
    choreographer: Choreographer
    embeddings: MoveEmbeddings
    embedder: Embedder
    watcher: Watcher
    studio: DemoStudio
    progress: Progress
    clock: Clock


@asynccontextmanager
async def open_ports(settings: Settings, *listeners: Progress) -> AsyncGenerator[Ports]:
    """Open the real adapters, and close them again in the opposite order.

    Progress is told to ``listeners`` besides the log. Raises `NotReady` when the database cannot
    be reached, `StorageFailed` when the data folder cannot be written.
    """
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(open_database(settings.database))
        storage = LocalStorage(settings.folder / "media")
        await storage.sweep()
        shelf = LocalShelf(settings.folder / "cache", storage, settings.cache_max_mb * 1_000_000)
        await shelf.sweep()
        room = FFmpegEncoder(at_once=settings.cores)
        joining = JoiningEncoder(room, shelf)
        yield Ports(
            tasks=SqlTaskRepository(database),
            blueprints=SqlBlueprintArchive(database),
            library=SqlLibrary(database),
            storage=storage,
            shelf=shelf,
            encoder=room if settings.encoder == "ffmpeg" else joining,
            projector=FragmentProjector(joining, joining.stock),
            workspace=LocalWorkspace(settings.folder / "work"),
            listener=LibrosaListener(mono)
            if settings.listener == "librosa"
            else SongListener(mono),
            choreographer=await _choreographer(settings, stack),
            embeddings=SqlMoveEmbeddings(database),
            embedder=HashedEmbedder(),
            watcher=PictureWatcher(),
            studio=stack.enter_context(CodeStudio(settings.cores)),
            progress=SeveralProgress(LogProgress(), *listeners),
            clock=SystemClock(),
        )


async def _choreographer(settings: Settings, stack: AsyncExitStack) -> Choreographer:
    if not settings.gemini_api_key:
        return OfflineChoreographer()
    gemini = GeminiChoreographer(
        settings.gemini_api_key,
        settings.gemini_model,
        settings.gemini_timeout,
        settings.gemini_base_url or None,
    )
    stack.push_async_callback(gemini.close)
    return gemini


@dataclass(frozen=True, slots=True, kw_only=True)
class UseCases:
    """What the entrypoints may ask for; a use case a field."""

    add_move: AddMove
    add_song: AddSong
    assemble: AssembleVideo
    check_health: CheckHealth
    check_library: CheckLibrary
    correct: CorrectSong
    generate: GenerateChoreography
    generate_from_words: GenerateFromWords
    hear: HearSong
    import_library: ImportLibrary
    list_moves: ListMoves
    list_songs: ListSongs
    make_demo: MakeDemoLibrary
    plan: PlanChoreography
    preview: PreviewChoreography
    read_blueprint: ReadBlueprint
    read_move: ReadMove
    read_song: ReadSong
    sweep: SweepLeftovers
    understand: UnderstandDescription
    warm: WarmLibrary
    watch: WatchVideo


def wire(ports: Ports, settings: Settings) -> UseCases:
    """Join the use cases to their ports."""
    fetches = settings.fetches_at_once
    film = Filming(ports.storage, ports.shelf, ports.encoder, ports.workspace, fetches)
    hear = HearSong(
        ports.library, ports.storage, ports.shelf, ports.encoder, ports.workspace, ports.listener
    )
    plan = PlanChoreography(ports.library, hear, ports.clock)
    limit = settings.assembly_timeout
    record = (ports.tasks, ports.blueprints, ports.progress, ports.clock, ports.workspace)
    add_move = AddMove(ports.library, ports.storage, ports.encoder, ports.workspace)
    add_song = AddSong(ports.library, ports.storage, ports.encoder, ports.workspace)
    read_blueprint = ReadBlueprint(ports.tasks, ports.blueprints)
    generate = GenerateChoreography(*record, plan, film, limit)
    understand = UnderstandDescription(ports.library, ports.choreographer)
    return UseCases(
        add_move=logged("add_move", add_move),
        add_song=logged("add_song", add_song),
        assemble=logged("assemble", AssembleVideo(*record, film, limit)),
        check_health=CheckHealth(
            {
                "database": ports.tasks.ready,
                "encoder": ports.encoder.ready,
                "storage": ports.storage.ready,
                "workspace": ports.workspace.ready,
            }
        ),
        correct=CorrectSong(ports.library, hear),
        hear=hear,
        check_library=CheckLibrary(
            ports.library,
            ports.embeddings,
            ports.storage,
            ports.shelf,
            ports.encoder,
            ports.workspace,
        ),
        import_library=ImportLibrary(
            ports.library,
            ports.storage,
            ports.embeddings,
            ports.encoder,
            add_move,
            Examination(hear.file, ports.embedder, ports.watcher),
            settings.cores,
        ),
        generate=logged("generate", generate),
        generate_from_words=logged("generate_from_words", GenerateFromWords(understand, generate)),
        understand=understand,
        list_moves=ListMoves(ports.library),
        list_songs=ListSongs(ports.library),
        make_demo=MakeDemoLibrary(
            ports.studio, ports.library, ports.workspace, add_move, add_song, settings.cores
        ),
        plan=logged("plan", plan),
        preview=PreviewChoreography(
            read_blueprint,
            ports.storage,
            ports.shelf,
            ports.encoder,
            ports.projector,
            ports.workspace,
            fetches,
        ),
        read_blueprint=read_blueprint,
        read_move=ReadMove(ports.library),
        read_song=ReadSong(ports.library),
        sweep=SweepLeftovers(
            ports.tasks, ports.blueprints, ports.storage, ports.workspace, ports.clock
        ),
        warm=logged(
            "warm",
            WarmLibrary(
                ports.library,
                ports.storage,
                ports.shelf,
                ports.encoder,
                ports.workspace,
                settings.cores,
            ),
        ),
        watch=WatchVideo(ports.tasks, ports.storage),
    )
