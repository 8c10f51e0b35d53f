"""Migration of the data of the earlier system."""
