"""Cursors from one page of a list to the next."""

import base64
import binascii

from domain.shared import texts
from domain.shared.errors import InvalidRequest
from domain.shared.violations import Violation


def cursor_of(last: str | None) -> str | None:
    """Return the cursor for the page after an id; None if there is none."""
    return None if last is None else base64.urlsafe_b64encode(last.encode()).decode()


def after(cursor: str | None) -> str | None:
    """Return the id that a cursor continues after; raises `InvalidRequest` if it is invalid."""
    if cursor is None:
        return None
    try:
        last = base64.b64decode(cursor, altchars=b"-_", validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        last = None
    if last is None or texts.fault(last) is not None:
        message = "This is not a cursor; use `next_cursor` of the previous page."
        raise InvalidRequest((Violation(path="cursor", message=message),))
    return last
