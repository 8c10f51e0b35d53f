"""Tasks, threads, locks and time limits."""
