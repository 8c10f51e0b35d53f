"""Indexes of moves: FAISS, NumPy, and what is stored of them."""
