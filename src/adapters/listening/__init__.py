"""Hearing the beat of a song."""
