"""Moves found by likeness, by FAISS or by NumPy."""
