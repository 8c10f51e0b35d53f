"""Cases of the cage."""
