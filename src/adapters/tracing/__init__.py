"""Traces of requests and jobs."""
