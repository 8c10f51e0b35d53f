"""Training of the beat network: random songs, their sound, and the training itself."""
