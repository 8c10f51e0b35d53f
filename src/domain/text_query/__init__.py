"""Understanding a sentence that describes a dance."""
