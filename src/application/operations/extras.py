"""Optional packages, each of an extra of the product."""

from importlib.util import find_spec
from typing import Final

from domain.shared.errors import Broken

PACKAGES: Final = {
    "demo": "blend2d",
    "mcp": "mcp",
    "otel": "opentelemetry.sdk",
    "pgqueuer": "pgqueuer",
    "piper": "piper",
    "plots": "matplotlib",
    "speech": "espeakng_loader",
}
"""The package that is imported, by the extra that installs it."""


class ExtraMissing(Broken):
    """A package of an extra is not installed: install the extra of Bachata Buddy."""

    code = "extra-missing"


def require_extra(extra: str, purpose: str) -> None:
    """Raise `ExtraMissing` where the package of ``extra`` is not installed.

    ``purpose`` is the beginning of the message, such as "Drawing a song".
    """
    if not _is_installed(PACKAGES[extra]):
        raise ExtraMissing(
            f"{purpose} needs the package {PACKAGES[extra]}: install the extra `{extra}`, "
            f"by `uv sync --extra {extra}` in a clone or by `pip install 'bachata-buddy[{extra}]'`."
        )


def _is_installed(package: str) -> bool:
    try:
        return find_spec(package) is not None
    except ModuleNotFoundError:
        # The package around it is missing, too.
        return False
