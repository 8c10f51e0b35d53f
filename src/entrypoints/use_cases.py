"""Everything the service can be asked for."""

from dataclasses import dataclass

from application.finding import FindMoves
from application.later import Later
from application.usecases.add_move import AddMove
from application.usecases.add_song import AddSong
from application.usecases.assemble import AssembleVideo
from application.usecases.browse import ListMoves, ListSongs, ReadMove, ReadMoves, ReadSong
from application.usecases.check_health import CheckHealth
from application.usecases.check_library import CheckLibrary
from application.usecases.complete_moves import CompleteMoves
from application.usecases.correct_move import CorrectMove
from application.usecases.describe import GenerateFromWords, PlanFromWords, UnderstandDescription
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


@dataclass(frozen=True, slots=True, kw_only=True)
class UseCases:
    """What the entrypoints may ask for; a use case a field."""

    add_move: AddMove
    add_song: AddSong
    assemble: AssembleVideo
    check_health: CheckHealth
    check_library: CheckLibrary
    complete_moves: CompleteMoves
    correct: CorrectSong
    correct_move: CorrectMove
    explain: ExplainBlueprint
    find_moves: FindMoves
    generate: GenerateChoreography
    generate_from_words: GenerateFromWords
    hear: HearSong
    import_library: ImportLibrary
    later: Later
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
    sweep: SweepLeftovers
    take_song: TakeSong
    understand: UnderstandDescription
    upload_move: UploadMove
    upload_song: UploadSong
    warm: WarmLibrary
    watch: WatchVideo
    watch_clip: WatchClip
