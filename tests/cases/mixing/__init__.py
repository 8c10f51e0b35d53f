"""Tests of the mixing of voices and music."""
