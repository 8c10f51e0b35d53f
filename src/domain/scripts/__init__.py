"""Scripts that become narrated, illustrated videos: the rules for their pictures."""
