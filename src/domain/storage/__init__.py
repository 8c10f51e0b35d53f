"""Files of callers."""
