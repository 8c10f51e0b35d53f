"""Taking over the data of the system that came before."""
