"""The quotas of storage: bytes and files of each caller, and bytes in all."""

import msgspec

from domain.shared import paths
from domain.shared.errors import BachataError

_MEGABYTE = 1_000_000


class QuotaExceeded(BachataError):
    """There is no room left in a quota; delete videos or media assets that you do not need."""

    code = "quota-exceeded"


class Usage(msgspec.Struct, frozen=True, kw_only=True):
    """Stored files, and room reserved for files of work that is not finished."""

    size: int = 0
    """Bytes of both."""
    files: int = 0
    """Number of both."""
    reserved: int = 0
    """Bytes of what is reserved."""


class Quota(msgspec.Struct, frozen=True, kw_only=True):
    """The limits of storage; 0 is no limit."""

    megabytes: int = 0
    """Most of one caller; a megabyte is a million bytes."""
    files: int = 0
    """Most files of one caller."""
    total_megabytes: int = 0
    """Most of all callers and the library together."""

    def refuse(self, size: int, own: Usage | None, total: Usage | None, files: int = 1) -> None:
        """Raise `QuotaExceeded` if ``size`` more bytes in so many more files have no room.

        ``own`` is what their owner stores; None for files without an owner, which only the total
        limits. ``total`` is what all store; it may be None without a limit.
        """
        if own is not None:
            self._refuse_own(size, own, files)
        most = self.total_megabytes * _MEGABYTE
        if most and total is not None and total.size + size > most:
            raise QuotaExceeded(
                f"The service stores {_in_words(total.size)} of the {self.total_megabytes:,} MB "
                f"that BACHATA_QUOTA_TOTAL_MB allows, and this takes {_in_words(size)} more; "
                "delete videos, media assets, songs or moves."
            )

    def _refuse_own(self, size: int, own: Usage, files: int) -> None:
        if self.megabytes and own.size + size > self.megabytes * _MEGABYTE:
            raise QuotaExceeded(
                f"Your videos and media assets take {_in_words(own.size)} of the "
                f"{self.megabytes:,} MB that BACHATA_QUOTA_MB allows each caller, and this takes "
                f"{_in_words(size)} more; delete videos or media assets that you do not need."
            )
        if self.files and own.files + files > self.files:
            raise QuotaExceeded(
                f"You store {own.files:,} of the {self.files:,} files that BACHATA_QUOTA_FILES "
                "allows each caller; delete videos or media assets that you do not need."
            )


def owner_of(path: str) -> str | None:
    """Return the caller in whose folder a path lies; None for what belongs to all."""
    match path.split("/"):
        case ["output", folder, _, *_] if folder.startswith(paths.OWNED):
            return folder.removeprefix(paths.OWNED)
        case ["assets", "images" | "audio", owner, _, *_]:
            return owner
        case _:
            return None


def is_counted(path: str) -> bool:
    """Return False for files that have a limit of their own: those of the cache."""
    return not path.startswith("cache/")


def _in_words(size: int) -> str:
    """Return bytes as megabytes, rounded up."""
    return f"{-(-size // _MEGABYTE):,} MB"
