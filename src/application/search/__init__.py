"""Finding moves by text, sound and motion."""
