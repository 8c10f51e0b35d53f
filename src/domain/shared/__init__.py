"""Words and rules that every room uses."""
