"""Rules about suppressions: what hides findings and should not."""
