"""Film made by FFmpeg, measured by PyAV."""
