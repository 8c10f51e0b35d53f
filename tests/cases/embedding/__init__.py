"""Words and pictures turned into numbers."""
