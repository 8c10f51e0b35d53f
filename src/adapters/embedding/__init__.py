"""Embeddings of words and pictures that need no downloaded model."""
