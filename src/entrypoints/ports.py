"""Everything outside that the service works with."""

from dataclasses import dataclass

from application.ports.blueprints import BlueprintArchive
from application.ports.cage import Cage
from application.ports.choreographer import Choreographer
from application.ports.clock import Clock
from application.ports.demo import DemoStudio
from application.ports.doorkeeper import Doorkeeper
from application.ports.embedder import Embedder
from application.ports.encoder import Encoder
from application.ports.library import Library
from application.ports.listener import Listener
from application.ports.move_embeddings import MoveEmbeddings
from application.ports.move_index import MoveIndex
from application.ports.progress import Progress
from application.ports.projector import Projector
from application.ports.shelf import Shelf
from application.ports.storage import Storage
from application.ports.tasks import TaskRepository
from application.ports.watcher import Watcher
from application.ports.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Everything outside, already open."""

    tasks: TaskRepository
    blueprints: BlueprintArchive
    library: Library
    storage: Storage
    shelf: Shelf
    encoder: Encoder
    doorkeeper: Doorkeeper
    projector: Projector
    workspace: Workspace
    listener: Listener
    choreographer: Choreographer
    embeddings: MoveEmbeddings
    index: MoveIndex
    embedder: Embedder
    watcher: Watcher
    studio: DemoStudio
    progress: Progress
    clock: Clock
    cage: Cage
