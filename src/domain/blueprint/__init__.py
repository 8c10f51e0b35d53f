"""The document that says what a film is made of."""
