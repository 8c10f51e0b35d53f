"""Vector search for similar moves, with FAISS or NumPy."""
