"""Tests of image models."""
