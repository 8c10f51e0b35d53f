"""Use cases that count what is stored and hold room for more."""
