"""HTTP clients of servers on this machine."""

import ssl
from typing import Final

NO_TLS: Final = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Refuses every certificate: a context that trusts some takes a tenth of a second to load them."""
