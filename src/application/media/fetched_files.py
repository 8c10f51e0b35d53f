"""Fetch the media of one Blueprint to the local disk on demand."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from fractions import Fraction
from pathlib import Path

import msgspec

from application.concurrency.threads import FILES
from application.concurrency.timeouts import FETCH_QUEUE_WAIT, place_in
from application.media.store_file import digest_of
from application.ports.artifact_cache import ArtifactCache
from application.ports.media_files import Known
from application.ports.media_probe import MediaProbe
from application.ports.storage import Storage
from domain.shared.errors import SpoiledFile, UnreadableMedia


class FetchedFiles:
    """`MediaFiles` from the storage: each file is fetched at most once, into one work folder.

    The properties of a file are cached, so that a clip with a cached normalised form need not be
    fetched again.
    """

    def __init__(
        self,
        storage: Storage,
        artifacts: ArtifactCache,
        media_probe: MediaProbe,
        folder: Path,
        gate: asyncio.Semaphore,
    ) -> None:
        """Take the ports, a work folder, and the limit of parallel downloads."""
        self._storage = storage
        self._artifacts = artifacts
        self._media_probe = media_probe
        self._folder = folder
        self._gate = gate
        self._fetched: dict[str, asyncio.Lock | Path] = {}
        self._properties: dict[str, Known] = {}

    async def local(self, path: str) -> Path:
        """See `application.ports.media_files.MediaFiles`."""
        entry = self._fetched.setdefault(path, asyncio.Lock())
        if isinstance(entry, Path):
            return entry
        async with place_in(entry, f"the file {path!r}", FETCH_QUEUE_WAIT):
            there = self._fetched[path]
            if isinstance(there, Path):
                return there
            into = self._folder / f"source-{_hash(path)}"
            async with place_in(self._gate, "a free place to fetch a file", FETCH_QUEUE_WAIT):
                await self._storage.fetch(path, into)
            self._fetched[path] = into
        return into

    async def known(self, path: str) -> Known:
        """See `application.ports.media_files.MediaFiles`."""
        if path not in self._properties:
            async with place_in(self._gate, "a free place to fetch a file", FETCH_QUEUE_WAIT):
                stored = await self._storage.describe(path)
            # A path has another etag whenever its bytes differ.
            key = "known-" + _hash(f"{path}\0{stored.etag}")
            into = self._folder / key
            self._properties[path] = await self._artifacts.get_or_create(
                key, into, self._finding_out(path), _read
            )
        return self._properties[path]

    def _finding_out(self, path: str) -> Callable[[Path], Awaitable[None]]:
        async def find_out(into: Path) -> None:
            properties = await known_of(path, await self.local(path), self._media_probe)
            await FILES.run(lambda: into.write_bytes(_encoded(properties)))

        return find_out


class OnHand:
    """`MediaFiles` that are already on the local disk."""

    def __init__(self, files: dict[str, Path], media_probe: MediaProbe) -> None:
        """Take the local file of every storage path."""
        self._files = files
        self._media_probe = media_probe
        self._properties: dict[str, Known] = {}

    async def local(self, path: str) -> Path:
        """See `application.ports.media_files.MediaFiles`."""
        return self._files[path]

    async def known(self, path: str) -> Known:
        """See `application.ports.media_files.MediaFiles`."""
        if path not in self._properties:
            self._properties[path] = await known_of(path, self._files[path], self._media_probe)
        return self._properties[path]


async def known_of(path: str, file: Path, media_probe: MediaProbe) -> Known:
    """Return the properties of a local file; raises `UnreadableMedia`, naming its storage path."""
    try:
        media = await media_probe.measure(file)
    except UnreadableMedia as error:
        raise UnreadableMedia(
            f"The file {path!r} cannot be used: {error}", details=error.details
        ) from None
    return Known(digest=await digest_of(file), media=media)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _encoded(properties: Known) -> bytes:
    return msgspec.json.encode(properties, enc_hook=str)


def _read(file: Path) -> Known:
    """Decode the properties; fractions are stored as text."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=Known, dec_hook=_converted)
    except (OSError, ValueError, ArithmeticError) as error:
        raise SpoiledFile(details=str(error)) from None


def _converted(kind: type, value: object) -> Fraction:
    if kind is not Fraction:
        raise ValueError(f"{kind.__name__} is not written so.")
    return Fraction(str(value))
