"""The revisions of the schema, and the template of a new one."""
