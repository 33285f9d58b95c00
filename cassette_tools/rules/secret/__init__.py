"""Rules about secrets and personal data."""
