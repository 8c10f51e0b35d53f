"""A program in the cage, however it misbehaves, gets nothing but what its work needs."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from adapters.cage.cage import Cage, Limits, of_python
from adapters.cage.self_test import TriedCage, gaps_of
from adapters.ffmpeg.ffmpeg_runner import places
from adapters.ffmpeg.process import run
from domain.shared.errors import FFmpegFailed, NotReady

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(
        not (Cage().landlock and Cage().filters), reason="this system has no whole cage"
    ),
]

REFUSED = "refused"
TRIES = {
    "reads the database": "open(secret).read()",
    "lists the folder of the data": "os.listdir(folder)",
    "reads what the system keeps secret": "open('/etc/shadow').read()",
    "reads the service's environment": "open(f'/proc/{os.getppid()}/environ').read()",
    "writes beside the database": "open(folder + '/new', 'w')",
    "overwrites the database": "open(secret, 'r+')",
    "empties the database": "os.truncate(secret, 0)",
    "deletes the database": "os.unlink(secret)",
    "moves the database": "os.rename(secret, secret + '.away')",
    "links to the database": "os.link(secret, 'link')",
    "changes the rights of the database": "os.chmod(secret, 0o777)",
    "changes the owner of the database": "os.chown(secret, 1, 1)",
    "changes the times of the database": "os.utime(secret, (0, 0))",
    "opens a TCP socket": "socket.socket()",
    "opens a UDP socket": "socket.socket(socket.AF_INET, socket.SOCK_DGRAM)",
    "opens a Unix socket": "socket.socket(socket.AF_UNIX)",
    "forks": "os.fork()",
    "starts a program": "os.posix_spawn('/bin/true', ['true'], {})",
    "ends the service": "os.kill(os.getppid(), 0)",
    "ends a process group": "os.killpg(0, 0)",
    "mounts": "libc('mount', b'none', b'/tmp', b'tmpfs', 0, None)",
    "leaves its namespace": "libc('unshare', 0x10000000)",
    "traces the service": "libc('ptrace', 16, os.getppid(), 0, 0)",
}


def tried(attempt: str) -> str:
    return f"""
import ctypes, os, socket, sys
secret, folder = sys.argv[1:]
def libc(name, *arguments):
    if getattr(ctypes.CDLL(None, use_errno=True), name)(*arguments) < 0:
        raise OSError(ctypes.get_errno(), name)
try:
    {attempt}
except OSError as error:
    print({REFUSED!r}, error)
else:
    print("done")
"""


@pytest.mark.parametrize("name", TRIES)
async def test_it_gets_nothing(name: str, tmp_path: Path) -> None:
    secret = tmp_path / "bachata.db"
    secret.write_text("secret")
    lines: list[str] = []
    program = [sys.executable, "-I", "-S", "-c", tried(TRIES[name])]
    await run(
        [*program, str(secret), str(tmp_path)],
        cage=Cage(),
        reads=of_python(),
        on_line=lines.append,
        limits=Limits(cpu_seconds=10),
    )
    assert len(lines) == 1
    assert lines[0].startswith(REFUSED)
    assert secret.read_text() == "secret"
    assert [secret] == [*tmp_path.iterdir()]  # noqa: ASYNC240


async def test_without_a_cage_all_of_it_would_be_possible(tmp_path: Path) -> None:
    secret = tmp_path / "bachata.db"
    secret.write_text("secret")
    lines: list[str] = []
    program = [sys.executable, "-I", "-S", "-c", tried("open(secret).read(); socket.socket()")]
    await run([*program, str(secret), "/"], cage=Cage("off"), on_line=lines.append)
    assert lines == ["done"]


async def test_it_reads_its_input_and_writes_into_its_folder(tmp_path: Path) -> None:
    input_file, folder = tmp_path / "given", tmp_path / "work"
    folder.mkdir()
    input_file.write_text("bytes")
    script = "import sys; open(sys.argv[2], 'w').write(open(sys.argv[1]).read())"
    await run(
        [sys.executable, "-I", "-S", "-c", script, str(input_file), str(folder / "made")],
        cage=Cage(),
        reads=[*of_python(), str(input_file)],
        writes=[str(folder)],
    )
    assert (folder / "made").read_text() == "bytes"


async def test_of_our_environment_it_sees_next_to_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEMINI_API_KEY", "secret")
    lines: list[str] = []
    script = "import os; print(sorted(os.environ))"
    program = [sys.executable, "-I", "-S", "-c", script]
    await run(program, cage=Cage(), reads=of_python(), on_line=lines.append)
    assert "GEMINI_API_KEY" not in lines[0]
    assert "PATH" not in lines[0]


async def test_the_self_test_finds_no_gap_in_a_cage_and_all_of_them_without(tmp_path: Path) -> None:
    assert await gaps_of(Cage(), tmp_path) == ()
    open_cage = Cage()
    open_cage.landlock, open_cage.filters = 0, False
    gaps = await gaps_of(open_cage, tmp_path)
    assert {"reading a file of the service", "opening a socket", "starting a process"} <= {*gaps}
    half = Cage()
    half.filters = False
    assert "opening a socket" in await gaps_of(half, tmp_path)
    assert not [*tmp_path.iterdir()]  # noqa: ASYNC240


async def test_a_cage_that_is_required_and_has_gaps_is_not_ready(tmp_path: Path) -> None:
    cage = Cage("require")
    assert "no gap" in await TriedCage(cage, tmp_path).ready()
    cage.landlock = 0
    with pytest.raises(NotReady, match="BACHATA_CAGE=require"):
        await TriedCage(cage, tmp_path).ready()
    with pytest.raises(NotReady, match="BACHATA_CAGE=require"):
        await run(["/bin/true"], cage=cage)


async def test_a_cage_that_is_preferred_says_what_it_lacks(tmp_path: Path) -> None:
    cage = Cage("prefer")
    cage.filters = False
    assert "opening a socket" in await TriedCage(cage, tmp_path).ready()


async def test_what_is_not_there_and_what_cannot_be_caged_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        await run([str(tmp_path / "nothing")], cage=Cage())
    with pytest.raises(FFmpegFailed):
        await run([sys.executable, "-c", "raise SystemExit(127)"], cage=Cage("off"))


async def test_what_neither_computes_nor_ends_is_ended() -> None:
    program = [sys.executable, "-c", "import time; time.sleep(600)"]
    with pytest.raises(FFmpegFailed) as failed:
        await run(program, cage=Cage("off"), limits=Limits(seconds=0.5))
    assert failed.value.details == "The program did not end within 0.5 s."


def test_an_ffmpeg_reads_its_inputs_and_writes_beside_its_output() -> None:
    argv = ["ffmpeg", "-f", "lavfi", "-i", "color=black", "-i", "/data/a.mp4", "/bench/out.mp4"]
    assert places(argv) == (["/data/a.mp4"], ["/bench"])
    assert places(["ffmpeg", "-i", "/data/a.mp4", "-f", "null", "-"]) == (["/data/a.mp4"], [])


async def test_nothing_of_us_is_open_in_it() -> None:
    """Neither our files nor our sockets are inherited."""
    reading, writing = os.pipe()
    os.set_inheritable(writing, True)
    lines: list[str] = []
    script = (
        "import os\n"
        "def there(number):\n"
        "    try: os.fstat(number)\n"
        "    except OSError: return False\n"
        "    return True\n"
        "print([number for number in range(3, 100) if there(number)])\n"
    )
    try:
        program = [sys.executable, "-I", "-S", "-c", script]
        await run(program, cage=Cage(), reads=of_python(), on_line=lines.append)
    finally:
        os.close(reading)
        os.close(writing)
    assert lines == ["[]"]


async def test_it_ends_when_its_caller_is_cancelled() -> None:
    program = [sys.executable, "-I", "-S", "-c", "print('up', flush=True)\nwhile True: pass"]
    up = asyncio.Event()
    work = run(program, cage=Cage(), reads=of_python(), on_line=lambda _: up.set())
    task = asyncio.ensure_future(work)
    await asyncio.wait_for(up.wait(), 60)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
