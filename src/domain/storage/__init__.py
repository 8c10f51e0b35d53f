"""What is stored: the files of callers, their kinds, quotas and cleanup."""
