"""Use cases that submit, run, await and recover jobs."""
