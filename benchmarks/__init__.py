"""What the product costs and how good it is, measured on real clips."""
