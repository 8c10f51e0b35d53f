"""A sandbox for programs and decoders that process untrusted files."""
