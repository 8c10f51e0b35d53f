"""Measure and level sound, and write it as WAV."""
