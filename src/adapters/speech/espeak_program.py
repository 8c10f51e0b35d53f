"""The program that speaks with eSpeak NG: it runs in a process of its own, in the cage.

eSpeak NG is GPL-3. The service never imports this module; it only starts it.
"""

import ctypes
import json
import os
import sys
from typing import Any, Final

_SYNCHRONOUS: Final = 2
"""Sound comes by a callback (AUDIO_OUTPUT_SYNCHRONOUS)."""
_DO_NOT_EXIT: Final = 0x8000
_BUFFER_MS: Final = 200
_UTF8: Final = 1
_BY_CHARACTER: Final = 1
_RATE: Final = 1
"""The number of the parameter with the words per minute."""
_LIST_END, _WORD = 0, 1
_GO_ON: Final = 0


class _Id(ctypes.Union):
    _fields_ = (("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8))


class _Event(ctypes.Structure):
    """A C structure of `speak_lib.h`."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _Id),
    )


_Callback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event)
)


class Unusable(Exception):
    """The library or a voice is missing."""


def main() -> None:
    """Answer the request on the standard input."""
    request = json.loads(sys.stdin.buffer.read())
    try:
        head, pcm = _spoken(request["text"], request["voice"], request["words_per_minute"])
    except (Unusable, OSError, ImportError) as error:
        head, pcm = {"unavailable": str(error)[:500] or type(error).__name__}, b""
    body = json.dumps(head).encode()
    sys.stdout.buffer.write(len(body).to_bytes(4, "big") + body + pcm)
    sys.stdout.buffer.flush()


def _spoken(text: str, voice: str, words_per_minute: int) -> tuple[dict[str, Any], bytes]:
    """Return the reply and the samples."""
    library, rate = _opened(voice)
    pcm = bytearray()
    words: list[tuple[int, int]] = []

    def receive(samples: Any, number: int, events: Any) -> int:  # noqa: ANN401 - pointers of C
        for index in range(10_000):
            event = events[index]
            if event.type == _LIST_END:
                break
            if event.type == _WORD:
                first = event.audio_position * rate // 1000
                words.append((max(0, event.text_position - 1), max(0, first)))
        if samples and number > 0:
            pcm.extend(ctypes.string_at(samples, 2 * number))
        return _GO_ON

    callback = _Callback(receive)
    library.espeak_SetSynthCallback(callback)
    library.espeak_SetParameter(_RATE, words_per_minute, 0)
    # The markup of SSML and phonemes in brackets are off: a text is nothing but a text.
    data = text.replace("\0", " ").encode() + b"\0"
    size = ctypes.c_size_t(len(data))
    status = library.espeak_Synth(data, size, 0, _BY_CHARACTER, 0, _UTF8, None, None)
    if status or library.espeak_Synchronize():
        raise Unusable("eSpeak NG does not speak.")
    return {"rate": rate, "words": words, "version": _version(library)}, bytes(pcm)


def _opened(voice: str) -> tuple[ctypes.CDLL, int]:
    """Return the library, which speaks with a voice, and its samples per second."""
    import espeakng_loader  # pyright: ignore[reportMissingTypeStubs]

    library = ctypes.CDLL(espeakng_loader.get_library_path())
    data: str = espeakng_loader.get_data_path()
    # eSpeak NG cuts long paths off, so it gets a relative one.
    os.chdir(os.path.dirname(data))  # noqa: PTH120 - few modules are loaded
    home = os.path.basename(data).encode()  # noqa: PTH119
    rate = library.espeak_Initialize(_SYNCHRONOUS, _BUFFER_MS, home, _DO_NOT_EXIT)
    if rate <= 0:
        raise Unusable("eSpeak NG does not find its data.")
    if library.espeak_SetVoiceByName(voice.encode()):
        raise Unusable(f"eSpeak NG does not have the voice {voice!r}.")
    return library, rate


def _version(library: ctypes.CDLL) -> str:
    library.espeak_Info.restype = ctypes.c_char_p
    path = ctypes.c_char_p()
    return (library.espeak_Info(ctypes.byref(path)) or b"").decode(errors="replace")
