"""The HTTP API, the command line, and the modules that assemble the service."""
