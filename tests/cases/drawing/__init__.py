"""Words, backgrounds and movement as they are painted."""
