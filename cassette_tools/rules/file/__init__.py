"""CT1xx: the file, its syntax and its format."""
