"""The settings of cleanups: how old and how large the kinds of stored files may be."""

from collections.abc import Mapping
from typing import Annotated

from domain.storage.cleanup import Policy
from domain.storage.kinds import StorageKind
from entrypoints import setting_rules as rules
from entrypoints.setting_rules import Setting
from entrypoints.storage_settings import StorageSettings


class CleanupSettings(StorageSettings, frozen=True, kw_only=True):
    """The part of the settings that concerns cleanups of the storage."""

    preserve_completed_videos: Annotated[
        str,
        Setting(
            "`on`: a cleanup never deletes a completed video; "
            "`off`: it deletes those beyond the next two limits",
            rules.ON_OR_OFF,
        ),
    ] = "on"
    videos_max_age_days: Annotated[
        int,
        Setting("days after which a completed video is deleted; 0: never", rules.at_least(0)),
    ] = 0
    videos_max_mb: Annotated[
        int,
        Setting(
            "space for videos; the oldest completed ones are deleted above it; 0: no limit",
            rules.at_least(0),
            unit="MB",
        ),
    ] = 0
    audio_max_age_days: Annotated[
        int,
        Setting(
            "days after which the sound of a narrated video is deleted that no video needs any "
            "more; 0: never",
            rules.at_least(0),
        ),
    ] = 30
    audio_max_mb: Annotated[
        int,
        Setting(
            "space for recordings and sound; the oldest sound that no video needs is deleted above "
            "it; 0: no limit",
            rules.at_least(0),
            unit="MB",
        ),
    ] = 0
    temp_max_age_days: Annotated[
        int,
        Setting(
            "days after which the clip of a scene is deleted that no video needs any more; "
            "0: never",
            rules.at_least(0),
        ),
    ] = 30
    temp_max_mb: Annotated[
        int,
        Setting(
            "space for the clips of scenes; the oldest that no video needs are deleted above it; "
            "0: no limit",
            rules.at_least(0),
            unit="MB",
        ),
    ] = 0

    def policies(self, cache_max_mb: int | None) -> Mapping[StorageKind, Policy]:
        """Return the limits of every kind; ``cache_max_mb`` is that of cached files."""
        return {
            StorageKind.VIDEOS: Policy(
                max_age_days=self.videos_max_age_days or None,
                max_size_mb=self.videos_max_mb or None,
                preserve_completed_videos=self.preserve_completed_videos.lower() in rules.ON,
            ),
            StorageKind.IMAGES: Policy(),
            StorageKind.AUDIO: Policy(
                max_age_days=self.audio_max_age_days or None,
                max_size_mb=self.audio_max_mb or None,
            ),
            StorageKind.TEMP: Policy(
                max_age_days=self.temp_max_age_days or None, max_size_mb=self.temp_max_mb or None
            ),
            StorageKind.STOCK: Policy(),
            StorageKind.CACHE: Policy(max_size_mb=cache_max_mb),
        }
