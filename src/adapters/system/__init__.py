"""Adapters of the operating system: clock, disks, fonts and versions."""
