"""The drawn couple: its catalogue, its feet, its bones and its pictures."""
