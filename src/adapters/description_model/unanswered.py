"""What is raised where a model gives no answer."""


class Unanswered(Exception):
    """Why a question has no answer, as the beginning of a sentence."""
