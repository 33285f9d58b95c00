"""What test files say about cassettes: one file per language, and what they share."""
