"""Choose moves and place them on the counts of a song."""
