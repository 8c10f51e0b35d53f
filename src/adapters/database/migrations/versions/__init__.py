"""The revisions of the schema, each after the one it names."""
