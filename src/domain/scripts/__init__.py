"""Scripts: their languages, captions and sound."""
