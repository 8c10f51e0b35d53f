"""The Blueprint document, which describes a film."""
