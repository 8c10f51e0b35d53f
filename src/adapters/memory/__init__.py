"""In-memory implementations of all ports, tested with the same contracts as the real adapters."""
