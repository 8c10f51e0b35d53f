"""Connect the use cases with their ports: one function for each feature."""
