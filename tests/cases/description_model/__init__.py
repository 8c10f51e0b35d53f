"""Gemini well and badly answered for, by a server on this machine."""
