"""MP4 read and written in Python alone, so that films are joined by copying bytes."""
