"""Files of the library on the local disk and in the storage."""
