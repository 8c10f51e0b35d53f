"""Models that interpret a description of a dance."""
