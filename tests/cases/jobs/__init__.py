"""Tests of the use cases of jobs."""
