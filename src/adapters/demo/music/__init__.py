"""The demo library's music: three bachatas and the beds of its dance clips, made by code."""
