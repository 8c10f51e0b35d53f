"""Cases of the media."""
