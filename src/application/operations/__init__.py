"""Health, diagnosis, logging and the demo."""
