"""Every port in memory: the public fakes, held to the same contracts as the real adapters."""
