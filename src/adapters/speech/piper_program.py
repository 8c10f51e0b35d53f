"""The program that speaks with Piper: it runs in a process of its own, in the cage.

Piper is GPL-3. The service never imports this module; it only starts it.
"""

import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Any, Final

_PAUSE: Final = 0.25
"""Seconds between two sentences, which Piper joins without any."""
_SEED: Final = 1
"""Piper varies a voice at random; a fixed seed makes the same sound of the same text."""


class Unusable(Exception):
    """The package or the model is missing."""


def main() -> None:
    """Answer the request on the standard input."""
    request = json.loads(sys.stdin.buffer.read())
    try:
        head, pcm = _spoken(
            request["text"], request["model"], request["language"], request["speed"]
        )
    except (Unusable, OSError, ImportError) as error:
        head, pcm = {"unavailable": str(error)[:500] or type(error).__name__}, b""
    body = json.dumps(head).encode()
    sys.stdout.buffer.write(len(body).to_bytes(4, "big") + body + pcm)
    sys.stdout.buffer.flush()


def _spoken(text: str, model: str, language: str, speed: float) -> tuple[dict[str, Any], bytes]:
    """Return the reply and the samples."""
    import piper

    voice = _opened(Path(model), language)
    rate = voice.config.sample_rate
    pause = bytes(2 * round(_PAUSE * rate))
    options = piper.SynthesisConfig(length_scale=voice.config.length_scale / speed)
    # Phonemes in brackets are commands to Piper, and a text is nothing but a text.
    plain = text.replace("[[", "[ [").replace("\0", " ")
    chunks = [chunk.audio_int16_bytes for chunk in voice.synthesize(plain, options)]
    return {"rate": rate}, pause.join(chunks)


def _opened(model: Path, language: str) -> Any:  # noqa: ANN401 - Piper's package is optional
    import piper

    # Its types are partly unknown.
    onnxruntime: Any = import_module("onnxruntime")
    onnxruntime.set_seed(_SEED)
    settings = json.loads(Path(f"{model}.json").read_text())
    config = piper.PiperConfig.from_dict(settings)
    if not config.espeak_voice.startswith(language):
        raise Unusable(f"The voice speaks {config.espeak_voice!r} and not {language!r}.")
    options = onnxruntime.SessionOptions()
    # Several processes speak at the same time, and one thread always adds in the same order.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        str(model), sess_options=options, providers=["CPUExecutionProvider"]
    )
    return piper.PiperVoice(config=config, session=session)
