"""The figures the couple knows, each written down as a score."""
