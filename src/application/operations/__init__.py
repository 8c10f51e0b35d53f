"""Health, diagnosis, recovery, logging and the demo library."""
