"""The error for a question without an answer."""


class Unanswered(Exception):
    """The reason why a question has no answer, as the beginning of a sentence."""
