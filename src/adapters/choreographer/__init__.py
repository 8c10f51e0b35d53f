"""Choreographers: by rules, and by Gemini."""
