"""Words, backgrounds and moving pictures, drawn with Pillow and NumPy."""
