"""All ports of the service."""

from dataclasses import dataclass

from application.ports.api_keys import ApiKeys
from application.ports.artifact_cache import ArtifactCache
from application.ports.attempts import AttemptCounter
from application.ports.audio_analyzer import AudioAnalyzer
from application.ports.blueprints import BlueprintArchive
from application.ports.cage import Cage
from application.ports.cleanups import CleanupTimes
from application.ports.clip_encoder import ClipEncoder
from application.ports.clock import Clock
from application.ports.deliveries import DeliveryRepository
from application.ports.demo import DemoStudio
from application.ports.description_model import DescriptionModel
from application.ports.disk import Disk
from application.ports.embedder import Embedder
from application.ports.encoder import Encoder
from application.ports.image_model import ImageModel
from application.ports.job_events import JobEvents
from application.ports.job_queue import JobQueue
from application.ports.jobs import JobRepository
from application.ports.library_files import LibraryFiles
from application.ports.logins import Logins
from application.ports.media_assets import MediaAssets
from application.ports.media_probe import MediaProbe
from application.ports.metrics import Metrics
from application.ports.motion_analyzer import MotionAnalyzer
from application.ports.move_embeddings import MoveEmbeddings
from application.ports.move_index import MoveIndex
from application.ports.moves import MoveRepository
from application.ports.narration_mixer import NarrationMixer
from application.ports.password_hasher import PasswordHasher
from application.ports.picture_probe import PictureProbe
from application.ports.preview_streamer import PreviewStreamer
from application.ports.progress import Progress
from application.ports.scene_encoder import SceneEncoder
from application.ports.scripts import ScriptRepository
from application.ports.signing_keys import SigningKeys
from application.ports.songs import SongRepository
from application.ports.sound_aligner import SoundAligner
from application.ports.spans import Spans
from application.ports.speech import Speech
from application.ports.stills import Stills
from application.ports.storage import Storage
from application.ports.stored_files import StoredFiles
from application.ports.tasks import TaskRepository
from application.ports.token_signer import TokenSigner
from application.ports.users import UserRepository
from application.ports.webhook_sender import WebhookSender
from application.ports.webhooks import WebhookRepository
from application.ports.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """All ports, already open."""

    tasks: TaskRepository
    scripts: ScriptRepository
    media_assets: MediaAssets
    cleanup_times: CleanupTimes
    disk: Disk
    speech: Speech
    narration_mixer: NarrationMixer
    scene_encoder: SceneEncoder
    image_model: ImageModel
    stills: Stills
    jobs: JobRepository
    job_queue: JobQueue
    job_events: JobEvents
    blueprints: BlueprintArchive
    songs: SongRepository
    moves: MoveRepository
    library_files: LibraryFiles
    storage: Storage
    stored_files: StoredFiles
    artifacts: ArtifactCache
    media_probe: MediaProbe
    picture_probe: PictureProbe
    clips: ClipEncoder
    encoder: Encoder
    preview_streamer: PreviewStreamer
    workspace: Workspace
    audio_analyzer: AudioAnalyzer
    description_model: DescriptionModel
    embeddings: MoveEmbeddings
    index: MoveIndex
    embedder: Embedder
    motion_analyzer: MotionAnalyzer
    sound_aligner: SoundAligner
    studio: DemoStudio
    progress: Progress
    clock: Clock
    cage: Cage
    users: UserRepository
    logins: Logins
    api_keys: ApiKeys
    attempts: AttemptCounter
    signing_keys: SigningKeys
    token_signer: TokenSigner
    password_hasher: PasswordHasher
    webhooks: WebhookRepository
    deliveries: DeliveryRepository
    webhook_sender: WebhookSender
    spans: Spans
    metrics: Metrics
