"""Running the rules over files."""
