"""How the beat network is made: songs written by dice, their sound, and the training."""
