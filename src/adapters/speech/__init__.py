"""Voices: programs of their own, and services on the network."""
