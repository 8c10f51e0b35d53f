"""How the world calls us, and the one place that wires the parts."""
