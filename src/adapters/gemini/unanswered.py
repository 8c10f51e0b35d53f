"""The reason for which Gemini gave no file."""


class Unanswered(Exception):
    """Gemini gave no file; the message says why, as the beginning of a sentence."""
