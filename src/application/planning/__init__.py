"""Planning a dance and explaining it."""
