"""Narrated videos of scripts."""
