"""Users, their roles and scopes, and the rules for names and passwords."""
