"""Choosing and placing moves on the counts of a song."""
