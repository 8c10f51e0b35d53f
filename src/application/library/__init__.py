"""Adding, analysing, checking and removing moves and songs."""
