"""Use cases of accounts: registering, logging in, API keys, recognising callers."""
