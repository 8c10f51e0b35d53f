"""Read the files and the database of the earlier system."""
