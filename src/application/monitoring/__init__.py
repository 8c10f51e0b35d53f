"""Measurements of what the service does, for a monitoring system."""
