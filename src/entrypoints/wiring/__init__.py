"""The use cases, joined to their ports: one function a feature."""
