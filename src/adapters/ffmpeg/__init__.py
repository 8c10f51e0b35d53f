"""Make films with FFmpeg and measure media with PyAV."""
