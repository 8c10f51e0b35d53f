"""A voice's program, however it misbehaves, is an error with a name and has ended."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from adapters.cage.cage import Cage, Limits
from adapters.speech.espeak import EspeakSpeech
from adapters.speech.voice_program import VoiceProgram
from application.ports.speech import Utterance
from domain.scripts.errors import SpeechFailed, SpeechUnavailable
from domain.scripts.languages import Language
from tests.cases.image_model.server import files_in
from tests.cases.speech.voices import with_espeak

pytestmark = [pytest.mark.anyio, with_espeak]

HELLO = Utterance(text="Hello, secret-of-the-author.", language=Language.ENGLISH)
LIMITS = Limits(cpu_seconds=1, file_bytes=0, memory_bytes=2**29, seconds=5.0)
HEAD = "import sys, json, os, time\nout = sys.stdout.buffer\n"
SAY = "body = json.dumps({}).encode(); out.write(len(body).to_bytes(4, 'big') + body)\n"

FAILURES = {
    "hangs": ("time.sleep(60)", r"did not end within 0\.5 s"),
    "computes for ever": ("while True: pass", "was ended by signal 9"),
    "dies": ("os.abort()", "was ended by signal|ended with status"),
    "ends with a status": ("sys.exit(3)", "ended with status 3"),
    "takes all memory": ("x = bytearray(2**30)", "ended with status 1"),
    "floods": ("while True: out.write(bytes(65536))", "more than 1 MB"),
    "floods its errors": (
        "sys.stderr.write('x' * 10_000_000); sys.exit(2)",
        "ended with status 2",
    ),
    "says nothing": ("", "cannot be read"),
    "says nonsense": ("out.write(b'nonsense' * 9)", "cannot be read"),
    "promises a long answer": ("out.write(b'\\xff\\xff\\xff\\xff{}')", "cannot be read"),
    "answers something else": ("out.write(b'\\0\\0\\0\\x02[]')", "cannot be read"),
    "has an impossible rate": ("b = b'{\"rate\":1}'; out.write(bytes([0,0,0,10]) + b)", "be read"),
    "gives half a sample": (SAY + "out.write(b'abc')", "half a sample"),
    "is silent": (SAY, "says nothing"),
    "gives silence only": (SAY + "out.write(bytes(96_000))", "says nothing"),
}


def speech(code: str, limits: Limits = LIMITS) -> EspeakSpeech:
    command = [sys.executable, "-I", "-S", "-B", "-c", HEAD + code]
    return EspeakSpeech(
        program=VoiceProgram(
            "nothing", name="The voice", limits=limits, most_bytes=1_000_000, command=command
        )
    )


@pytest.mark.parametrize("name", FAILURES)
async def test_a_program_that_misbehaves_is_an_error(name: str, tmp_path: Path) -> None:
    code, message = FAILURES[name]
    limits = Limits(seconds=0.5) if name == "hangs" else LIMITS
    with pytest.raises(SpeechFailed, match=message):
        await speech(code, limits).speak(HELLO, tmp_path / "voice")
    assert files_in(tmp_path) == []


async def test_a_voice_that_cannot_be_used_says_why(tmp_path: Path) -> None:
    code = "b = b'{\"unavailable\":\"no data\"}'; out.write(len(b).to_bytes(4, 'big') + b)"
    with pytest.raises(SpeechUnavailable) as raised:
        await speech(code).speak(HELLO, tmp_path / "voice")
    assert raised.value.details == "no data"


async def test_a_program_that_reads_nothing_may_still_speak(tmp_path: Path) -> None:
    code = "os.close(0)\n" + SAY + "out.write(b'\\x00\\x20\\x00\\xe0' * 48_000)"
    long = Utterance(text="word " * 50_000, language=Language.ENGLISH)
    assert (await speech(code).speak(long, tmp_path / "voice")).seconds > 1


async def test_a_cancelled_utterance_leaves_no_program(tmp_path: Path) -> None:
    work = asyncio.ensure_future(speech("time.sleep(60)").speak(HELLO, tmp_path / "voice"))
    # A program that hangs cannot say that it has started.
    while not (children := children_of(os.getpid())):  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    assert not set(children) & set(children_of(os.getpid()))
    assert files_in(tmp_path) == []


def children_of(process: int) -> list[int]:
    """Return the programs that a process started and that speak."""
    found: list[int] = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            status = (folder / "stat").read_text().rpartition(")")[2].split()
            command = (folder / "cmdline").read_bytes()
        except OSError:
            continue
        if int(status[1]) == process and b"time.sleep(60)" in command:
            found.append(int(folder.name))
    return found


async def test_a_text_is_neither_on_the_command_line_nor_in_the_environment(
    tmp_path: Path,
) -> None:
    code = (
        "word = '-'.join(['of', 'the', 'author'])\n"
        "seen = word in ' '.join([*sys.orig_argv, *os.environ.values()])\n"
        "sys.exit(7 if word in sys.stdin.read() and not seen else 8)"
    )
    with pytest.raises(SpeechFailed, match="status 7"):
        await speech(code).speak(HELLO, tmp_path / "voice")


@pytest.mark.skipif(
    not (Cage().landlock and Cage().filters), reason="this system has no whole cage"
)
@pytest.mark.parametrize(
    "attempt",
    ["open(secret).read()", "open(secret, 'w')", "__import__('socket').socket()", "os.fork()"],
)
async def test_the_program_is_in_the_cage(attempt: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    code = f"secret = {str(secret)!r}\ntry:\n    {attempt}\nexcept OSError:\n    sys.exit(7)\n"
    with pytest.raises(SpeechFailed, match="status 7"):
        await speech(code).speak(HELLO, tmp_path / "voice")


async def test_several_utterances_at_once_do_not_mix(tmp_path: Path) -> None:
    voice = EspeakSpeech(at_once=3)
    texts = ["One.", "Two, and something else.", "Three, four, five and a little more than that."]
    spoken = await asyncio.gather(
        *(
            voice.speak(Utterance(text=text, language=Language.ENGLISH), tmp_path / str(index))
            for index, text in enumerate(texts)
        )
    )
    for text, each in zip(texts, spoken, strict=True):
        assert [word.text for word in each.words] == text.split()
    assert spoken[0].seconds < spoken[1].seconds < spoken[2].seconds
