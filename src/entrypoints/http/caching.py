"""For how long an answer may be kept: a matter of whether its bytes can ever become others."""

from typing import Final

STAYS: Final = "private, max-age=86400, immutable"
"""Cache-Control of an address whose bytes never change, for as long as there are any."""
CHANGES: Final = "private, no-cache"
"""Cache-Control of everything else, problems too: it may be kept, but is asked about each time."""
