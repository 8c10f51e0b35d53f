"""Detect the beats of songs and clips."""
