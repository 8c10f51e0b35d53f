"""Rules that understand a written description of a dance."""
