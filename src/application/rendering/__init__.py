"""Make, preview and serve films."""
