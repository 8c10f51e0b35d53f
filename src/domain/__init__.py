"""The rules of choreographies, as pure values and functions without input and output."""
