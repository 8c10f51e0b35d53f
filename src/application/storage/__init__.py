"""Media assets of callers: adding, listing, reading and removing them."""
