"""Read lists of moves for an import."""
