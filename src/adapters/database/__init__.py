"""Tasks and the library in SQLite or Postgres."""
