"""Values and rules that every other package of the domain uses."""
