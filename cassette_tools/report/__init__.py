"""From results to text: one file per format."""
