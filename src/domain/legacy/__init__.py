"""Documents of the system that came before."""
