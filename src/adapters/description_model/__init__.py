"""Models that read a description of a dance."""
