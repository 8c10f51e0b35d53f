"""The demo library's music: its scores, its sound, and that the two agree."""
