"""List the files of a folder on the local disk."""

import logging
import os
import stat
import time
from datetime import timedelta
from threading import Event

from adapters.storage import folders
from application.ports.storage import StoredFile

_log = logging.getLogger("bachata.storage")


def listing_of(top: int, folder: str, unwanted: Event) -> list[StoredFile]:
    """The files in an open folder, whose storage path is given; raises `OSError`.

    A file or folder that cannot be looked at is logged and left out.
    """
    files: list[StoredFile] = []
    now = time.time()
    for below, _, names, opened in os.fwalk(dir_fd=top, onerror=_unlisted, follow_symlinks=False):
        if unwanted.is_set():
            raise InterruptedError
        for name in names:
            path = os.path.normpath(f"{folder}/{below}/{name}")
            # What goes meanwhile is no error.
            try:
                status = os.stat(name, dir_fd=opened, follow_symlinks=False)
            except FileNotFoundError:
                continue
            except OSError as error:
                # Whoever reads it is told so; the others are listed.
                _log.warning("the file %r cannot be listed: %s", path, error.strerror)
                continue
            if stat.S_ISREG(status.st_mode) and folders.is_plain(path):
                age = timedelta(seconds=max(0.0, now - status.st_mtime))
                files.append(StoredFile(path=path, size=status.st_size, age=age))
    return files


def _unlisted(error: OSError) -> None:
    _log.warning("the folder %r cannot be listed: %s", error.filename, error.strerror)
