"""Everything the service can be asked for."""

from dataclasses import dataclass

from application.concurrency.background_queue import BackgroundQueue
from application.library.add_move import AddMove
from application.library.add_song import AddSong
from application.library.analyze_song import AnalyzeSong, CorrectSong
from application.library.backfill_audio_embeddings import BackfillAudioEmbeddings
from application.library.browse import ListMoves, ListSongs, ReadMove, ReadMoves, ReadSong
from application.library.check_library import CheckLibrary
from application.library.correct_move import CorrectMove
from application.library.import_library import ImportLibrary
from application.library.prewarm_library import PrewarmLibrary
from application.library.receive_file import ReceiveFile
from application.library.remove import RemoveMove, RemoveSong
from application.library.stream_clip import StreamClip
from application.library.take_song import TakeSong
from application.library.upload_move import UploadMove
from application.library.upload_song import UploadSong
from application.migration.migrate_seed import MigrateSeed
from application.operations.check_health import CheckHealth
from application.operations.make_demo import MakeDemoLibrary
from application.operations.recover_storage import RecoverStorage
from application.planning.explain import ExplainBlueprint
from application.planning.generate import GenerateChoreography
from application.planning.generate_from_text import (
    GenerateFromWords,
    PlanFromWords,
    UnderstandDescription,
)
from application.planning.plan import PlanChoreography
from application.planning.plan_sample import PlanSample
from application.rendering.assemble import AssembleVideo
from application.rendering.preview import PreviewChoreography
from application.rendering.read_blueprint import ReadBlueprint
from application.rendering.recover_interrupted import RecoverInterrupted
from application.rendering.stream_video import StreamVideo
from application.search.move_search import FindMoves
from application.search.search_moves import SearchMoves


@dataclass(frozen=True, slots=True, kw_only=True)
class UseCases:
    """What the entrypoints may ask for; a use case a field."""

    add_move: AddMove
    add_song: AddSong
    assemble: AssembleVideo
    check_health: CheckHealth
    check_library: CheckLibrary
    complete_moves: BackfillAudioEmbeddings
    correct: CorrectSong
    correct_move: CorrectMove
    explain: ExplainBlueprint
    find_moves: FindMoves
    generate: GenerateChoreography
    generate_from_words: GenerateFromWords
    hear: AnalyzeSong
    import_library: ImportLibrary
    later: BackgroundQueue
    list_moves: ListMoves
    list_songs: ListSongs
    make_demo: MakeDemoLibrary
    migrate_seed: MigrateSeed
    plan: PlanChoreography
    plan_from_words: PlanFromWords
    plan_sample: PlanSample
    preview: PreviewChoreography
    read_blueprint: ReadBlueprint
    read_move: ReadMove
    read_moves: ReadMoves
    read_song: ReadSong
    receive_file: ReceiveFile
    recover: RecoverStorage
    remove_move: RemoveMove
    remove_song: RemoveSong
    search_moves: SearchMoves
    sweep: RecoverInterrupted
    take_song: TakeSong
    understand: UnderstandDescription
    upload_move: UploadMove
    upload_song: UploadSong
    warm: PrewarmLibrary
    watch: StreamVideo
    watch_clip: StreamClip
