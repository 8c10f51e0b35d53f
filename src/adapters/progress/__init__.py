"""Receivers of progress reports."""
