"""Connect the use cases of scripts and of videos."""

from structlog.contextvars import get_contextvars

from application.jobs.cancel_video import CancelVideo
from application.jobs.submit_video import SubmitVideo
from application.operations.tracing import traceparent
from application.scripts.compose_video import ComposeVideo
from application.scripts.find_pictures import FindPictures
from application.scripts.finish_removals import FinishRemovals
from application.scripts.list_videos import ListVideos
from application.scripts.make_clips import MakeClips
from application.scripts.narrate import Narrator
from application.scripts.upload_script import ReadScript, RemoveScript, UploadScript
from application.scripts.videos import (
    MakePoster,
    ReadCaptions,
    RemoveVideo,
    VideoRecords,
)
from application.webhooks.manage_webhooks import PrepareCallback
from domain.webhooks.addresses import AddressRules
from entrypoints.urls import RouteUrls
from entrypoints.use_cases import JobUseCases, ScriptUseCases
from entrypoints.wiring.films import FilmParts
from entrypoints.wiring.service import Service, film_room_of, reservations_of


def compose_video_of(service: Service, films: FilmParts) -> ComposeVideo:
    """Return the making of narrated videos."""
    ports, settings, _ = service
    pictures = FindPictures(ports.media_assets, ports.embedder, ports.image_model, ports.artifacts)
    return ComposeVideo(
        films.tasks,
        ports.scripts,
        ports.blueprints,
        ports.media_assets,
        ports.storage,
        ports.artifacts,
        ports.media_probe,
        ports.workspace,
        Narrator(ports.speech, ports.media_assets, ports.artifacts),
        MakeClips(ports.storage, ports.scene_encoder, pictures, settings.cores),
        ports.narration_mixer,
        films.pipeline,
        film_room_of(service),
        settings.fetches_at_once,
    )


def wire_scripts(service: Service, jobs: JobUseCases) -> ScriptUseCases:
    """Return the use cases of scripts and videos."""
    ports, settings, _ = service
    records = VideoRecords(
        ports.tasks,
        ports.scripts,
        ports.songs,
        ports.blueprints,
        ports.storage,
        RouteUrls(),
    )
    return ScriptUseCases(
        cancel_video=CancelVideo(records, ports.jobs, jobs.cancel_job),
        finish_removals=FinishRemovals(ports.tasks, ports.scripts, ports.blueprints, ports.storage),
        list_videos=ListVideos(ports.tasks, ports.scripts, records),
        make_poster=MakePoster(
            records, ports.storage, ports.artifacts, ports.workspace, ports.stills
        ),
        read_captions=ReadCaptions(records, ports.scripts),
        read_script=ReadScript(ports.scripts),
        remove_script=RemoveScript(ports.scripts),
        remove_video=RemoveVideo(
            records, ports.tasks, ports.scripts, ports.blueprints, ports.storage
        ),
        submit_video=SubmitVideo(
            ports.jobs,
            ports.job_queue,
            ports.scripts,
            ports.clock,
            settings.admission_on(settings.cores),
            reservations_of(service).refusal,
            PrepareCallback(ports.webhooks, AddressRules(settings.sends_to_loopback)),
            lambda: get_contextvars().get("request_id"),
            traceparent,
        ),
        upload_script=UploadScript(ports.scripts, ports.clock),
        video_records=records,
    )
