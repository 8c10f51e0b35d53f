"""Plan a dance and explain it."""
