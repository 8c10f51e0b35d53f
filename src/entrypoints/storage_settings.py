"""The settings of what callers may store."""

from typing import Annotated

import msgspec

from domain.storage.quota import Quota
from entrypoints.setting_rules import Setting, at_least


class StorageSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The part of the settings that concerns quotas."""

    quota_mb: Annotated[
        int,
        Setting(
            "space for the videos and media assets of one caller; 0: no limit",
            at_least(0),
            unit="MB",
        ),
    ] = 5120
    quota_files: Annotated[
        int,
        Setting("most videos and media assets of one caller; 0: no limit", at_least(0)),
    ] = 10_000
    quota_total_mb: Annotated[
        int,
        Setting(
            "space for everything in the storage except its cache, of all callers and the library; "
            "0: as much as the disk has",
            at_least(0),
            unit="MB",
        ),
    ] = 0

    @property
    def quota(self) -> Quota:
        """The limits of storage."""
        return Quota(
            megabytes=self.quota_mb,
            files=self.quota_files,
            total_megabytes=self.quota_total_mb,
        )
