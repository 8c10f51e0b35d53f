"""Adapters of the operating system: clock, disks and versions."""
