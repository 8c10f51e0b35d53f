"""Connect all use cases with their ports."""

from dataclasses import replace

from application.concurrency.timeouts import Timeouts
from application.quotas.counted_storage import CountedStorage
from entrypoints.ports import Ports
from entrypoints.settings import Settings
from entrypoints.use_cases import (
    UseCases,
)
from entrypoints.wiring.accounts import wire_accounts
from entrypoints.wiring.assets import wire_assets
from entrypoints.wiring.films import film_parts, wire_planning, wire_rendering, wire_search
from entrypoints.wiring.jobs import wire_jobs
from entrypoints.wiring.library import wire_library, wire_uploads
from entrypoints.wiring.operations import wire_operations
from entrypoints.wiring.scripts import wire_scripts
from entrypoints.wiring.service import Service, examination_of
from entrypoints.wiring.webhooks import wire_webhooks


def wire(ports: Ports, settings: Settings, timeouts: Timeouts | None = None) -> UseCases:
    """Return all use cases for these ports."""
    limits = timeouts or Timeouts()
    # No use case can store a file that is not counted.
    storage = CountedStorage(ports.storage, ports.stored_files, settings.quota)
    service = Service(replace(ports, storage=storage), settings, limits)
    examination = examination_of(service)
    library = wire_library(service, examination)
    search = wire_search(service, library)
    films = film_parts(service)
    planning = wire_planning(service, library, search, films)
    rendering = wire_rendering(service, films)
    webhooks = wire_webhooks(service)
    jobs = wire_jobs(service, films, planning, rendering, webhooks, examination)
    scripts = wire_scripts(service, jobs)
    features = (
        wire_accounts(service),
        library,
        wire_uploads(service, examination),
        search,
        planning,
        rendering,
        jobs,
        scripts,
        wire_assets(service),
        wire_operations(service, library, search, scripts),
        webhooks,
    )
    return UseCases(**{name: case for each in features for name, case in vars(each).items()})
