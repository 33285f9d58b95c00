"""What comes in the place of a secret, and what else has to change with it."""
