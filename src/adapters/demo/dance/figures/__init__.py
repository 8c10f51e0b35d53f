"""The figures of the demo couple, each written as a score."""
