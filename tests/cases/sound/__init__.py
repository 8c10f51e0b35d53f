"""Tests of the measurement and levelling of sound."""
