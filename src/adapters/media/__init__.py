"""Media from outside, opened and decoded by a process of its own in a cage."""
