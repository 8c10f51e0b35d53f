"""Work that a worker does: its states, its limits, and its outcome."""
