"""Scripts and their narrated videos: scenes, languages, captions, pictures and sound."""
