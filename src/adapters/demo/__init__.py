"""The demo: a library made by code, so the product runs with nothing downloaded."""
