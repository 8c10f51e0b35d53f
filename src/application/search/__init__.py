"""Search moves by text, sound and motion."""
