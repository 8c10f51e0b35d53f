"""Schemathesis tries every route over a server's own sockets, with all checks in all phases.

`BACHATA_TEST_EXAMPLES=N` has it try N examples for each route.
"""

import asyncio
import os
import re
import sys
from asyncio.subprocess import PIPE, STDOUT
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from application.accounts.manage_keys import ApiKeyRequest
from domain.accounts.rules import Registration
from domain.accounts.users import Role, Scope
from domain.blueprint.model import Blueprint
from domain.shared import paths
from entrypoints.http import openapi_examples
from entrypoints.settings import Settings
from entrypoints.wiring.wire import wire
from tests import examples
from tests.api.memory_backend import ASSEMBLE, JSON, MemoryBackend, folder_of
from tests.api.served import served
from tests.world.studio import CLIPS, blueprint

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

ROOT = Path(__file__).resolve().parents[2]
CONFIGURATION = Path(__file__).with_name("schemathesis.toml")
EXAMPLES = 5
LIMIT = 600.0
"""Seconds after which a run with the usual examples hangs."""
PHASES = ("Examples", "Coverage", "Fuzzing", "Stateful")


async def lived_in(backend: MemoryBackend) -> tuple[str, str]:
    """Fill the library, with what the document's examples name too, and make a film.

    Returns an administrator's API key, and the version in the addresses of the film's preview.
    """
    await backend.furnish()
    use_cases = wire(backend.ports, backend.settings)
    ana = await use_cases.add_user(Registration("ana", "correct horse battery"), Role.ADMIN)
    request = ApiKeyRequest(name="everything", scopes=tuple(Scope))
    key = (await use_cases.create_api_key(request, ana.id, ana.role)).key
    library, files = backend.library, backend.storage.objects
    song, move = await library.songs.get("song"), await library.moves.get("move-1")
    example = next(each for each in openapi_examples.BODIES if isinstance(each, Blueprint))
    clip = example.moves[0].video_path
    files |= {example.audio_path: files[song.audio_path], clip: files[move.video_path]}
    analysis = await library.songs.analysis("song")
    await library.songs.add(
        replace(song, id=openapi_examples.SONG, audio_path=example.audio_path), analysis
    )
    await library.moves.add(replace(move, id=openapi_examples.MOVE, video_path=clip))
    document = blueprint(openapi_examples.TASK, list(CLIPS))
    output = replace(document.output_config, output_path=paths.film(ana.id, document.task_id))
    film = msgspec.json.encode(replace(document, output_config=output))
    async with backend.client() as client:
        client.headers["X-API-Key"] = key
        answer = await client.post(ASSEMBLE, content=film, headers=JSON)
        assert answer.status_code == 200, answer.text
        folder = await folder_of(client, openapi_examples.TASK)
        return key, folder.rpartition("/preview/")[2].split("/")[0]


async def try_all(port: int, key: str, seed: int, configuration: Path) -> tuple[int, str]:
    """Return the exit status of Schemathesis, and everything it has printed."""
    number = examples.asked_for() or EXAMPLES
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(configuration)),
        *("run", f"http://127.0.0.1:{port}/schema", "--checks", "all"),
        *("--header", f"X-API-Key: {key}"),
        *("--max-examples", str(number), "--seed", str(seed), "--no-color"),
    ]
    running = await asyncio.create_subprocess_exec(
        *command,
        stdout=PIPE,
        stderr=STDOUT,
        cwd=configuration.parent,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    try:
        async with asyncio.timeout(LIMIT * max(1, number / EXAMPLES)):
            output, _ = await running.communicate()
    finally:
        if running.returncode is None:
            running.kill()
            await running.wait()
    assert running.returncode is not None
    return running.returncode, output.decode()


async def test_no_check_fails_in_any_phase(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    backend = MemoryBackend(tmp_path, Settings(allowed_hosts="backend", auth="on"))
    key, version = await lived_in(backend)
    configuration = tmp_path / CONFIGURATION.name
    configuration.write_text(CONFIGURATION.read_text().replace("VERSION", version))
    seed = request.config.getoption("hypothesis_seed") or 0

    async with served(backend) as port:
        status, output = await try_all(port, key, seed, configuration)

    assert status == 0, output
    for phase in PHASES:
        assert re.search(rf"✅ +{phase} ", output), output
    counts = re.search(r"Operations: +(\d+) selected / (\d+) total", output)
    assert counts, output
    assert counts[1] == counts[2]
