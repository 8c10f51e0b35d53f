"""All use cases of the service."""

from dataclasses import dataclass

from application.accounts.authenticate import Authenticate
from application.accounts.log_in import LogIn, LogOut, RefreshTokens
from application.accounts.manage_keys import CreateApiKey, ListApiKeys, RevokeApiKey
from application.accounts.manage_users import (
    AddUser,
    DisableUser,
    FindUser,
    Register,
    SetPassword,
)
from application.accounts.rotate_secret import RotateSecret
from application.jobs.cancel_job import CancelJob
from application.jobs.cancel_unfinished_job import CancelUnfinishedJob
from application.jobs.cancel_video import CancelVideo
from application.jobs.follow_job import FollowJob
from application.jobs.make_film import MakeFilm
from application.jobs.prepare_library import CancelPreparation, PrepareLibrary
from application.jobs.read_jobs import ListJobs, ReadJob
from application.jobs.recover_jobs import RecoverJobs
from application.jobs.run_job import RunJob
from application.jobs.stream_film import StreamFilm
from application.jobs.submit_video import SubmitVideo
from application.jobs.watch_task import WatchTask
from application.library.add_move import AddMove
from application.library.add_song import AddSong
from application.library.analyze_song import AnalyzeSong, CorrectSong
from application.library.browse import ListMoves, ListSongs, ReadMove, ReadMoves, ReadSong
from application.library.check_library import CheckLibrary
from application.library.correct_move import CorrectMove
from application.library.import_library import ImportLibrary
from application.library.make_move_poster import MakeMovePoster
from application.library.receive_file import ReceiveFile
from application.library.remove import RemoveMove, RemoveSong
from application.library.stream_clip import StreamClip
from application.library.stream_song import StreamSong
from application.library.take_song import TakeSong
from application.library.upload_move import UploadMove
from application.library.upload_song import UploadSong
from application.migration.migrate_seed import MigrateSeed
from application.operations.check_health import CheckHealth
from application.operations.clean_up_storage import CleanUpStorage
from application.operations.make_demo import MakeDemoLibrary
from application.operations.read_metrics import MeasureStorage, ReadMetrics
from application.operations.recover_storage import RecoverStorage
from application.operations.verify_storage import VerifyStorage
from application.planning.explain import ExplainBlueprint
from application.planning.generate import GenerateChoreography
from application.planning.generate_from_text import (
    GenerateFromText,
    PlanFromText,
    UnderstandDescription,
)
from application.planning.plan import PlanChoreography
from application.planning.plan_sample import PlanSample
from application.planning.read_counts import ReadCounts
from application.planning.replan import Replan
from application.quotas.recount_files import RecountFiles
from application.rendering.assemble import AssembleVideo
from application.rendering.preview import PreviewChoreography
from application.rendering.read_blueprint import ReadBlueprint
from application.rendering.recover_interrupted import RecoverInterrupted
from application.rendering.stream_video import StreamVideo
from application.scripts.finish_removals import FinishRemovals
from application.scripts.list_videos import ListVideos
from application.scripts.upload_script import ReadScript, RemoveScript, UploadScript
from application.scripts.videos import (
    MakePoster,
    ReadCaptions,
    RemoveVideo,
    VideoRecords,
)
from application.search.move_search import FindMoves
from application.search.search_moves import SearchMoves
from application.storage.add_asset import AddAsset
from application.storage.read_assets import ListAssets, ReadAsset, RemoveAsset, StreamAsset
from application.storage.read_usage import ReadStorageUsage
from application.storage.take_asset import TakeAsset
from application.webhooks.deliver_webhooks import DeliverWebhooks
from application.webhooks.manage_deliveries import ListDeliveries, RetryDelivery
from application.webhooks.manage_webhooks import (
    AddWebhook,
    ListWebhooks,
    RemoveWebhook,
    RotateWebhookSecret,
)


@dataclass(frozen=True, kw_only=True)
class LibraryUseCases:
    """Use cases that add, read, analyse and remove songs and moves."""

    add_move: AddMove
    add_song: AddSong
    analyze_song: AnalyzeSong
    check_library: CheckLibrary
    correct_move: CorrectMove
    correct_song: CorrectSong
    import_library: ImportLibrary
    list_moves: ListMoves
    list_songs: ListSongs
    make_move_poster: MakeMovePoster
    read_move: ReadMove
    read_moves: ReadMoves
    read_song: ReadSong
    remove_move: RemoveMove
    remove_song: RemoveSong
    stream_clip: StreamClip
    stream_song: StreamSong
    take_song: TakeSong


@dataclass(frozen=True, kw_only=True)
class UploadUseCases:
    """Use cases that receive songs and moves over HTTP."""

    receive_file: ReceiveFile
    upload_move: UploadMove
    upload_song: UploadSong


@dataclass(frozen=True, kw_only=True)
class SearchUseCases:
    """Use cases that search for similar moves."""

    find_moves: FindMoves
    search_moves: SearchMoves


@dataclass(frozen=True, kw_only=True)
class PlanningUseCases:
    """Use cases that plan dances, with or without making the film in the same request."""

    explain_blueprint: ExplainBlueprint
    generate: GenerateChoreography
    generate_from_text: GenerateFromText
    plan: PlanChoreography
    plan_from_text: PlanFromText
    plan_sample: PlanSample
    read_counts: ReadCounts
    replan: Replan
    understand_description: UnderstandDescription


@dataclass(frozen=True, kw_only=True)
class RenderingUseCases:
    """Use cases that make, preview and stream films of Blueprints."""

    assemble: AssembleVideo
    preview: PreviewChoreography
    read_blueprint: ReadBlueprint
    recover_interrupted: RecoverInterrupted
    stream_video: StreamVideo


@dataclass(frozen=True, kw_only=True)
class ScriptUseCases:
    """Use cases of scripts, and of videos of both kinds."""

    cancel_video: CancelVideo
    finish_removals: FinishRemovals
    list_videos: ListVideos
    make_poster: MakePoster
    read_captions: ReadCaptions
    read_script: ReadScript
    remove_script: RemoveScript
    remove_video: RemoveVideo
    submit_video: SubmitVideo
    upload_script: UploadScript
    video_records: VideoRecords


@dataclass(frozen=True, kw_only=True)
class AssetUseCases:
    """Use cases of the pictures and recordings of callers."""

    add_asset: AddAsset
    list_assets: ListAssets
    read_asset: ReadAsset
    remove_asset: RemoveAsset
    stream_asset: StreamAsset
    take_asset: TakeAsset


@dataclass(frozen=True, kw_only=True)
class JobUseCases:
    """Use cases that submit, run, await, watch, cancel and recover jobs."""

    cancel_job: CancelJob
    cancel_preparation: CancelPreparation
    cancel_unfinished_job: CancelUnfinishedJob
    follow_job: FollowJob
    list_jobs: ListJobs
    make_film: MakeFilm
    prepare_library: PrepareLibrary
    read_job: ReadJob
    recover_jobs: RecoverJobs
    run_job: RunJob
    stream_film: StreamFilm
    watch_task: WatchTask


@dataclass(frozen=True, kw_only=True)
class OperationsUseCases:
    """Use cases that operate the service: health, storage, demo library, migration."""

    check_health: CheckHealth
    clean_up_storage: CleanUpStorage
    make_demo: MakeDemoLibrary
    measure_storage: MeasureStorage
    migrate_seed: MigrateSeed
    recount_files: RecountFiles
    read_storage_usage: ReadStorageUsage
    read_metrics: ReadMetrics
    recover_storage: RecoverStorage
    verify_storage: VerifyStorage


@dataclass(frozen=True, kw_only=True)
class AccountUseCases:
    """Use cases of callers: users, their log-ins and API keys."""

    add_user: AddUser
    authenticate: Authenticate
    create_api_key: CreateApiKey
    disable_user: DisableUser
    find_user: FindUser
    list_api_keys: ListApiKeys
    log_in: LogIn
    log_out: LogOut
    refresh_tokens: RefreshTokens
    register: Register
    revoke_api_key: RevokeApiKey
    rotate_secret: RotateSecret
    set_password: SetPassword


@dataclass(frozen=True, kw_only=True)
class WebhookUseCases:
    """Use cases of webhooks: endpoints, and what is delivered to them."""

    add_webhook: AddWebhook
    deliver_webhooks: DeliverWebhooks
    list_deliveries: ListDeliveries
    list_webhooks: ListWebhooks
    remove_webhook: RemoveWebhook
    retry_delivery: RetryDelivery
    rotate_webhook_secret: RotateWebhookSecret


@dataclass(frozen=True, kw_only=True)
class UseCases(
    AccountUseCases,
    LibraryUseCases,
    UploadUseCases,
    SearchUseCases,
    PlanningUseCases,
    RenderingUseCases,
    JobUseCases,
    OperationsUseCases,
    ScriptUseCases,
    AssetUseCases,
    WebhookUseCases,
):
    """All use cases for the entrypoints, one per field."""
