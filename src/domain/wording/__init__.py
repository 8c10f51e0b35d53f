"""How a dance is described in English and in Spanish."""
