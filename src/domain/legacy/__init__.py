"""Documents of the earlier system."""
