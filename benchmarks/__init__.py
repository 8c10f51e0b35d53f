"""Measure cost and quality of the product on real clips."""
