"""MP4 files read and written, with FFmpeg and PyAV as witnesses."""
