"""Making the film of a Blueprint: its states, its work and its playlist."""
