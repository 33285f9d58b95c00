"""CT3xx: the framing of event streams."""
