"""Add a media asset from an uploaded file."""

import asyncio
from pathlib import Path
from typing import Annotated, Final, NamedTuple
from uuid import UUID

import msgspec
from msgspec import Meta

from application.concurrency.threads import FILES
from application.concurrency.timeouts import UPLOAD_QUEUE_WAIT, place_in
from application.media.store_file import digest_of, keep
from application.ports.clock import Clock
from application.ports.media_assets import MediaAssets
from application.ports.media_probe import MediaProbe
from application.ports.picture_probe import PictureProbe
from application.ports.storage import Storage
from domain.library import media_checks
from domain.shared import validation
from domain.shared.errors import UnacceptedMedia
from domain.shared.texts import STORABLE, Name
from domain.storage.asset_files import (
    ACCEPTED_PICTURES,
    ACCEPTED_RECORDINGS,
    HEAD,
    PICTURE,
    RECORDING,
    UploadedKind,
    asset_path,
    picture_ending,
    recording_ending,
    refuse_other_kind,
)
from domain.storage.assets import AssetKind, AssetNameTaken, MediaAsset

_ACCEPTED: Final = (
    f"A media asset is a picture ({ACCEPTED_PICTURES}) or a recording ({ACCEPTED_RECORDINGS})."
)


class AssetForm(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The fields of a new media asset."""

    name: Name
    """Name in scripts; the name of the file where it is left out."""
    kind: UploadedKind | None = None
    """The kind that the file must have; the service recognises it by the contents of the file."""
    description: Annotated[str, Meta(max_length=2_000, extra_json_schema=STORABLE)] = ""
    """Words by which the picture is found for a scene."""


class _Recognised(NamedTuple):
    """The kind and the properties of a file."""

    kind: AssetKind
    ending: str
    width: int | None = None
    height: int | None = None
    duration: float | None = None


class AddAsset:
    """Checks a file by its content and adds it to the assets of its owner, or changes nothing."""

    def __init__(
        self,
        assets: MediaAssets,
        storage: Storage,
        media_probe: MediaProbe,
        picture_probe: PictureProbe,
        clock: Clock,
        at_once: int,
        queue_wait: float = UPLOAD_QUEUE_WAIT,
    ) -> None:
        """Take the ports, and the number of files that are checked in parallel.

        ``queue_wait`` is the maximum number of seconds that a file waits for its check.
        """
        self._assets = assets
        self._storage = storage
        self._media_probe = media_probe
        self._picture_probe = picture_probe
        self._clock = clock
        self._gate = asyncio.Semaphore(at_once)
        self._queue_wait = queue_wait

    async def __call__(
        self, file: Path, form: AssetForm, asset_id: UUID, owner: str, *, own: bool = False
    ) -> MediaAsset:
        """Return the new asset; the caller must not change ``file`` any more.

        An ``own`` file, from the operator of the service, is copied and may be changed. Raises
        `InvalidRequest`, `AssetNameTaken`, `UnacceptedMedia` for a file of another kind,
        `UnreadableMedia` for a damaged one, `TooLarge` above the limits of its kind, and
        `WaitedTooLong` while other files are checked.
        """
        validation.refuse_faults(form)
        async with place_in(self._gate, "a free place to read an upload", self._queue_wait):
            recognised = await self._recognised(file)
            refuse_other_kind(form.kind, recognised.kind)
            if await self._assets.named(owner, recognised.kind, form.name) is not None:
                raise AssetNameTaken
            size, digest = await FILES.run(lambda: file.stat().st_size), await digest_of(file)
        asset = MediaAsset(
            asset_id=asset_id,
            owner=owner,
            kind=recognised.kind,
            path=asset_path(owner, recognised.kind, asset_id, recognised.ending),
            size=size,
            digest=digest,
            name=form.name,
            description=form.description,
            duration=recognised.duration,
            width=recognised.width,
            height=recognised.height,
            created_at=self._clock.now(),
        )
        await self._store(file, asset, own=own)
        return asset

    async def _recognised(self, file: Path) -> _Recognised:
        head, size = await FILES.run(lambda: _beginning(file))
        if (ending := picture_ending(head)) is not None:
            PICTURE.refuse_size(size)
            pixels = await self._picture_probe.measure_picture(file, PICTURE)
            return _Recognised(AssetKind.IMAGE, ending, width=pixels.width, height=pixels.height)
        try:
            media = await self._media_probe.measure(file, RECORDING)
        except UnacceptedMedia as error:
            raise UnacceptedMedia(f"{error} {_ACCEPTED}", details=error.details) from None
        media_checks.refuse_media(media, media_checks.RECORDING, _ACCEPTED)
        ending = recording_ending(head, media.sound or "")
        return _Recognised(AssetKind.AUDIO, ending, duration=float(media.seconds))

    async def _store(self, file: Path, asset: MediaAsset, *, own: bool) -> None:
        """Store the file, then the row: no row is ever without its file."""
        taken = False

        async def enter() -> None:
            nonlocal taken
            try:
                await self._assets.add(asset)
            except AssetNameTaken:
                taken = True
                raise

        async def give_up(_: str) -> bool:
            if taken:
                return True
            # Without a row now, it may still come: then the error leaves the file to the clean-up.
            await self._assets.get(asset.asset_id)
            return False

        await keep(self._storage, file, asset.path, enter, give_up, may_take_ownership=not own)


def _beginning(file: Path) -> tuple[bytes, int]:
    with file.open("rb") as opened:
        return opened.read(HEAD), file.stat().st_size
