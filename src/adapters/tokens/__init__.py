"""JSON Web Tokens and the secrets that sign them."""
