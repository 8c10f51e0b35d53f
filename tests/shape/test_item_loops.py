"""Every loop that awaits has its answer to the question what one bad item does to the others."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

SRC: Final = Path(__file__).parents[2] / "src"
_AT_ONCE: Final = ("run_all", "gather", "TaskGroup", "create_task_group")

ITEMS: Final = {
    "adapters/database/job_events.py": {"open_job_events"},
    "adapters/jobs/slots.py": {"Slots.work", "work_in"},
    "adapters/progress/several.py": {"SeveralProgress.tell"},
    "adapters/speech/several.py": {"SeveralVoices.ready", "SeveralVoices.speak"},
    "adapters/storage/s3.py": {"S3Storage.remove_leftovers"},
    "application/library/backfill_text_embeddings.py": {"BackfillTextEmbeddings.__call__"},
    "application/library/check_library.py": {"CheckLibrary.__call__"},
    "application/library/import_library.py": {"ImportLibrary.__call__"},
    "application/jobs/recover_jobs.py": {"RecoverJobs.__call__"},
    "application/library/prepare_item.py": {"PrepareItem.doubt"},
    "application/library/remove.py": {"_Removal._remove"},
    "application/library/share_beats.py": {"ShareBeats.__call__"},
    "application/migration/library.py": {"SeedLibrary.moves", "SeedLibrary.songs"},
    "application/migration/migrate_seed.py": {"_read"},
    "application/migration/tasks.py": {"SeedTasks.blueprints", "SeedTasks.tasks"},
    "application/migration/verification.py": {
        "Verification._checksums",
        "Verification._counted",
        "Verification._norms",
    },
    "application/operations/check_health.py": {"CheckHealth.__call__"},
    "application/operations/clean_up_storage.py": {
        "CleanUpStorage._remove_made",
        "CleanUpStorage._remove_unowned",
        "CleanUpStorage._remove_videos",
    },
    "application/operations/diagnose.py": {"Diagnose.__call__"},
    "application/operations/make_demo.py": {"MakeDemoLibrary.__call__"},
    "application/operations/recover_storage.py": {
        "RecoverStorage._evict_made",
        "RecoverStorage._marked",
        "RecoverStorage._remove_films",
        "RecoverStorage._remove_library_files",
    },
    "application/rendering/recover_interrupted.py": {"RecoverInterrupted._recover"},
    "application/quotas/recount_files.py": {"RecountFiles.__call__"},
    "application/scripts/finish_removals.py": {"FinishRemovals.__call__"},
    "application/search/move_search.py": {"FindMoves._make"},
    "application/webhooks/deliver_webhooks.py": {"_parted"},
    "entrypoints/http/answering.py": {"Requests.stop"},
    "entrypoints/cli/script_making.py": {"_remove"},
    "entrypoints/maintenance.py": {"recovering"},
    "entrypoints/voice_checks.py": {"tried"},
}
"""Loops over many items, of which one that fails stops no other."""

WHOLE: Final = {
    "application/jobs/cancel_job.py": {"CancelJob._signal_children"},
    "application/jobs/perform_library.py": {"PerformLibrary._divide"},
    "entrypoints/cli/prewarm.py": {"_watched"},
    "adapters/database/job_rows.py": {"add_children", "stop_children"},
    "application/accounts/access_tokens.py": {"AccessTokens.read"},
    "application/accounts/attempt_limits.py": {"AttemptLimits._count", "AttemptLimits.log_in"},
    "adapters/database/blueprints.py": {"SqlBlueprintArchive.kept"},
    "adapters/database/cleanups.py": {"SqlCleanupTimes.record"},
    "adapters/database/media_assets.py": {"SqlMediaAssets.used"},
    "adapters/database/tasks.py": {"SqlTaskRepository.find_many"},
    "adapters/database/copying.py": {"_copy", "_require_empty", "copy_rows"},
    "adapters/database/library_queries.py": {"take.work"},
    "adapters/database/moves.py": {"SqlMoveRepository.find_many"},
    "adapters/demo/studio.py": {"CodeStudio._make"},
    "adapters/ffmpeg/cutting.py": {"blame"},
    "adapters/cage/ending.py": {"_emptied"},
    "adapters/memory/narration_mixer.py": {"MemoryNarrationMixer.mix"},
    "adapters/mixing/mixer.py": {"FFmpegNarrationMixer.mix"},
    "adapters/speech/voice_program.py": {"VoiceProgram.speak"},
    "adapters/gemini/genai_files.py": {"_Bounded.__aiter__"},
    "adapters/ffmpeg/process.py": {"run"},
    "adapters/ffmpeg/scene_encoder.py": {"FFmpegSceneEncoder._encoded"},
    "adapters/ffmpeg/soundtrack.py": {"_encode", "_level", "_own_sound"},
    "adapters/memory/encoder.py": {"_all_fetched"},
    "adapters/memory/move_index.py": {"MemoryMoveIndex.nearest"},
    "adapters/memory/seed_source.py": {"MemorySeedSource.records"},
    "adapters/memory/storage.py": {"MemoryStorage.read"},
    "adapters/mp4/encoder.py": {"JoiningEncoder._parts"},
    "adapters/seeds/database.py": {"DatabaseSeedSource.others", "DatabaseSeedSource.records"},
    "application/library/share_beats.py": {"ShareBeats._best"},
    "adapters/storage/conditional_put.py": {"ConditionalPut.__call__", "ConditionalPut._clear"},
    "adapters/webhooks/http_sender.py": {"HttpWebhookSender._connected"},
    "adapters/storage/s3.py": {
        "S3Storage._download",
        "S3Storage._is_taken",
        "S3Storage.files",
        "S3Storage.read",
    },
    "adapters/storage/uploads.py": {"Upload._parts", "Upload._parts.work"},
    "application/jobs/stream_film.py": {"StreamFilm._updates"},
    "application/library/clip_analysis.py": {"Examination._embedding"},
    "application/library/stream_clip.py": {"described"},
    "application/library/unique_ids.py": {"unused"},
    "application/migration/library.py": {"SeedLibrary._namesake"},
    "application/migration/media.py": {"SeedMedia.file"},
    "application/migration/tasks.py": {"SeedTasks._lacking"},
    "application/migration/verification.py": {"Verification._checksums"},
    "application/operations/clean_up_storage.py": {"CleanUpStorage._by_policies"},
    "application/operations/verify_storage.py": {"VerifyStorage._compared"},
    "application/storage/read_usage.py": {"files_in"},
    "application/operations/read_metrics.py": {"MeasureStorage.__call__"},
    "application/operations/recover_storage.py": {
        "RecoverStorage._lying",
        "RecoverStorage._remove_film",
        "RecoverStorage.__call__",
        "RecoverStorage.mark",
        "RecoverStorage.remove",
    },
    "application/planning/plan.py": {"PlanChoreography._counted"},
    "application/rendering/film_room.py": {"FilmRoom.give_back_earlier"},
    "application/rendering/film_pipeline.py": {"FilmPipeline._looked_at", "FilmPipeline._reel"},
    "application/scripts/find_pictures.py": {"FindPictures.__call__"},
    "application/scripts/narrate.py": {"Narrator._all"},
    "application/scripts/make_clips.py": {"MakeClips.__call__", "MakeClips._pictures"},
    "application/search/move_search.py": {"FindMoves.__call__"},
    "entrypoints/cli/dance_options.py": {"song_of"},
    "application/jobs/follow_job.py": {"FollowJob._summaries"},
    "entrypoints/cli/output_file.py": {"_chunks", "copy_out"},
    "entrypoints/cli/own_job.py": {"followed"},
    "entrypoints/cli/script_making.py": {"_make"},
    "entrypoints/cli/videos.py": {"delete.read", "delete.work"},
    "entrypoints/http/disconnect.py": {"until_stopped", "while_connected"},
    "entrypoints/http/event_stream.py": {"_Sending._send_all"},
    "entrypoints/http/progress_socket.py": {"_send_all", "_while_connected"},
    "entrypoints/http/protocol.py": {"_copy"},
    "entrypoints/http/multipart.py": {"form_of"},
}
"""Loops of one thing: a film, a file, a listing or an answer is there whole or not at all."""

_TOOL: Final = {"application/concurrency/task_groups.py": {"run_all"}}


class _Loops(ast.NodeVisitor):
    """The functions of a module that await within a loop, or run many works at once."""

    def __init__(self) -> None:
        self.found: set[str] = set()
        self._names: list[str] = []

    def generic_visit(self, node: ast.AST) -> None:
        named = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        if named:
            self._names.append(node.name)
        if self._is_loop(node):
            self.found.add(".".join(self._names))
        super().generic_visit(node)
        if named:
            self._names.pop()

    def _is_loop(self, node: ast.AST) -> bool:
        match node:
            case ast.AsyncFor():
                return True
            case ast.For(body=body):
                inside = (each for line in body for each in ast.walk(line))
                return any(isinstance(each, ast.Await) for each in inside)
            case ast.comprehension(is_async=is_async):
                return bool(is_async)
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
                return name in _AT_ONCE
            case _:
                return False


def loops_of(source: str) -> set[str]:
    loops = _Loops()
    loops.visit(ast.parse(source))
    return loops.found


def modules() -> Iterator[tuple[str, str]]:
    for path in sorted(SRC.rglob("*.py")):
        name = path.relative_to(SRC).as_posix()
        if not name.startswith("domain/"):
            yield name, path.read_text()


def test_every_loop_that_awaits_says_what_one_bad_item_does() -> None:
    for name, source in modules():
        expected = ITEMS.get(name, set()) | WHOLE.get(name, set()) | _TOOL.get(name, set())
        assert loops_of(source) == expected, name


def test_every_loop_of_the_tables_is_there() -> None:
    there = dict(modules())
    assert {*ITEMS, *WHOLE, *_TOOL} <= {*there}


def test_a_loop_is_found_however_it_is_written() -> None:
    for loop in (
        "for a in b:\n        await a",
        "async for a in b:\n        pass",
        "c = [a async for a in b]",
        "await asyncio.gather(*b)",
        "await run_all(b)",
    ):
        assert loops_of(f"class K:\n  async def f():\n    {loop}\n") == {"K.f"}
    assert loops_of("def f():\n    for a in b:\n        print(a)\n") == set()
