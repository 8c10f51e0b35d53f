"""Rendering the film of a Blueprint: states, workload and playlists."""
