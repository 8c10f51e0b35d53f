"""FFmpeg at work on films that are drawn here."""
