"""CT2xx: the HTTP messages of a recording."""
