"""List the files of a folder on the local disk."""

import os
import stat
import time
from contextlib import suppress
from datetime import timedelta
from threading import Event

from adapters.storage import folders
from application.ports.storage import StoredFile


def listing_of(top: int, folder: str, unwanted: Event) -> list[StoredFile]:
    """Return the files in an open folder with their storage paths; raises `OSError`."""
    found: list[StoredFile] = []
    now = time.time()
    for below, _, names, opened in os.fwalk(dir_fd=top, follow_symlinks=False):
        if unwanted.is_set():
            raise InterruptedError
        for name in names:
            path = os.path.normpath(f"{folder}/{below}/{name}")
            # Ignore files that disappear during the listing.
            with suppress(FileNotFoundError):
                status = os.stat(name, dir_fd=opened, follow_symlinks=False)
                if stat.S_ISREG(status.st_mode) and folders.is_plain(path):
                    age = timedelta(seconds=max(0.0, now - status.st_mtime))
                    found.append(StoredFile(path=path, size=status.st_size, age=age))
    return found
