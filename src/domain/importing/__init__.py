"""Lists of moves that are imported."""
