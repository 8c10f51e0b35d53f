"""Connect the use cases of search, planning and rendering."""

from typing import NamedTuple

from application.library.backfill_text_embeddings import BackfillTextEmbeddings
from application.operations.use_case_logging import logged
from application.planning.danced_song import FindDancedSong
from application.planning.explain import ExplainBlueprint
from application.planning.generate import GenerateChoreography
from application.planning.generate_from_text import (
    GenerateFromText,
    PlanFromText,
    UnderstandDescription,
)
from application.planning.motion_cache import MotionCache
from application.planning.plan import PlanChoreography
from application.planning.plan_sample import PlanSample
from application.planning.read_counts import ReadCounts
from application.planning.replan import Replan
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
from entrypoints.urls import RouteUrls
from entrypoints.use_cases import (
    LibraryUseCases,
    PlanningUseCases,
    RenderingUseCases,
    SearchUseCases,
)
from entrypoints.wiring.service import Service, film_room_of, library_jobs_of


class FilmParts(NamedTuple):
    """The parts that all use cases with films share."""

    pipeline: FilmPipeline
    tasks: TrackedTasks
    read_blueprint: ReadBlueprint


def wire_search(service: Service, library: LibraryUseCases) -> SearchUseCases:
    """Return the use cases that search for similar moves."""
    ports, settings, _ = service
    find_moves = FindMoves(
        ports.embeddings,
        ports.index,
        ports.embedder,
        ports.clock,
        makers={Part.AUDIO: ports.audio_analyzer.name},
        life=settings.move_embeddings_cache_ttl,
        top=settings.vector_search_top_k,
        complete=BackfillTextEmbeddings(ports.embeddings, ports.embedder),
    )
    return SearchUseCases(
        find_moves=find_moves,
        search_moves=SearchMoves(find_moves, ports.moves, ports.embeddings, library.analyze_song),
    )


def wire_planning(
    service: Service, library: LibraryUseCases, search: SearchUseCases, films: FilmParts
) -> PlanningUseCases:
    """Return the use cases that plan dances."""
    ports = service.ports
    analyze_song = library.analyze_song
    motion_cache = MotionCache(ports.embeddings)
    find_danced_song = FindDancedSong(ports.songs, analyze_song)
    shortlist = Shortlist(ports.moves, search.find_moves, analyze_song)
    plan = PlanChoreography(
        ports.songs,
        ports.moves,
        analyze_song,
        ports.clock,
        ports.description_model,
        motion_cache,
        shortlist,
    )
    replan = Replan(
        ports.moves,
        find_danced_song,
        analyze_song,
        ports.clock,
        motion_cache,
        shortlist,
    )
    generate = GenerateChoreography(films.tasks, ports.blueprints, plan, films.pipeline)
    understand = UnderstandDescription(ports.songs, ports.moves, ports.description_model)
    return PlanningUseCases(
        explain_blueprint=ExplainBlueprint(ports.moves, find_danced_song, motion_cache),
        generate=logged("generate", generate),
        generate_from_text=logged("generate_from_text", GenerateFromText(understand, generate)),
        plan=logged("plan", plan),
        plan_from_text=logged("plan_from_text", PlanFromText(understand, plan)),
        plan_sample=PlanSample(plan),
        replan=logged("replan", replan),
        read_counts=ReadCounts(ports.moves, find_danced_song),
        understand_description=understand,
    )


def film_parts(service: Service) -> FilmParts:
    """Return the parts that all use cases with films share."""
    ports, settings, _ = service
    pipeline = FilmPipeline(
        ports.storage,
        ports.artifacts,
        ports.media_probe,
        ports.clips,
        ports.encoder,
        ports.workspace,
        RouteUrls(),
        settings.fetches_at_once,
        settings.s3_link_seconds,
        library_jobs_of(ports).try_clips,
        settings.film_limits,
        room=film_room_of(service),
    )
    tasks = TrackedTasks(
        ports.tasks, ports.progress, ports.clock, ports.workspace, settings.assembly_timeout
    )
    return FilmParts(pipeline, tasks, ReadBlueprint(ports.tasks, ports.blueprints))


def wire_rendering(service: Service, films: FilmParts) -> RenderingUseCases:
    """Return the use cases that make, preview and stream films."""
    ports, settings, _ = service
    assemble = AssembleVideo(films.tasks, ports.blueprints, films.pipeline)
    preview = PreviewChoreography(
        films.read_blueprint,
        ports.storage,
        ports.artifacts,
        ports.media_probe,
        ports.preview_streamer,
        ports.workspace,
        settings.fetches_at_once,
        settings.film_limits,
    )
    recover_interrupted = RecoverInterrupted(
        ports.tasks,
        ports.jobs,
        ports.blueprints,
        ports.storage,
        ports.workspace,
        ports.clock,
        settings.assembly_timeout,
    )
    return RenderingUseCases(
        assemble=logged("assemble", assemble),
        preview=preview,
        read_blueprint=films.read_blueprint,
        recover_interrupted=recover_interrupted,
        stream_video=StreamVideo(ports.tasks, ports.storage),
    )
