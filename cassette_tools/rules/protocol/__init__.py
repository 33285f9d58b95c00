"""CT4xx: what the LLM APIs say in their streams."""
