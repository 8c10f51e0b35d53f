"""Programs and decoders that work on foreign bytes, kept in a cage."""
