"""Numbers made of words and of pictures, without any model to download."""
