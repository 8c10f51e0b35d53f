"""Open and decode untrusted media files, in separate caged processes."""
