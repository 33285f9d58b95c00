"""CT5xx: what an answer says that it used."""
