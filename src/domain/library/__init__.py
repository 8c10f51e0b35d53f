"""Moves, songs and their media."""
