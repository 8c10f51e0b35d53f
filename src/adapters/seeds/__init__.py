"""The earlier system, as it is read: files that it wrote, and its database."""
