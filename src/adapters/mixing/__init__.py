"""Mix voices and music."""
