"""Cache-Control headers: permanent for bytes that never change, revalidation for all others."""

from typing import Final

STAYS: Final = "private, max-age=86400, immutable"
"""Cache-Control of a URL whose bytes never change."""
NEVER: Final = "no-store"
"""Cache-Control of figures of this moment."""
CHANGES: Final = "private, no-cache"
"""Cache-Control of everything else, including problems: caches must revalidate it each time."""
