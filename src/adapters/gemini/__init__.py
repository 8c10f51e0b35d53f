"""Ask Gemini for files: speech and pictures."""
