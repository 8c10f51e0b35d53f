"""Storage of media files: in a local folder, or in a bucket of an object storage."""
