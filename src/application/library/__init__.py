"""Add, analyse, check and remove moves and songs."""
