"""Read and write MP4 in Python, so that films are joined by copying bytes."""
