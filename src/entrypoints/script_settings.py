"""The settings of narrated videos: their voices and their pictures."""

from pathlib import Path
from typing import Annotated

from domain.scripts.languages import Language
from domain.shared import validation
from domain.shared.errors import InvalidRequest
from entrypoints.cleanup_settings import CleanupSettings
from entrypoints.setting_rules import Setting, one_of


class ScriptSettings(CleanupSettings, frozen=True, kw_only=True):
    """The part of the settings that concerns narrated videos."""

    gemini_media: Annotated[
        str,
        Setting(
            "`on`: Gemini draws pictures and reads scripts aloud for narrated videos, if there is "
            "a key; or `off`",
            one_of("on", "off"),
        ),
    ] = "on"
    piper_voices: Annotated[
        str,
        Setting(
            "Piper voices for scripts, by language and separated by commas, such as "
            "`es=/voices/es_ES-davefx-medium.onnx`; empty: the voices that are installed"
        ),
    ] = ""

    @property
    def voice_files(self) -> dict[Language, Path]:
        """The files of the Piper voices; raises `InvalidRequest` if they cannot be told."""
        files: dict[Language, Path] = {}
        for each in filter(None, (part.strip() for part in self.piper_voices.split(","))):
            language, equals, path = each.partition("=")
            if not equals or language not in list(Language) or not path:
                message = f"{each!r} is not a language of {', '.join(Language)}, `=` and a path."
                raise InvalidRequest((validation.shape("BACHATA_PIPER_VOICES", message),))
            files[Language(language)] = Path(path)
        return files
