"""Stream framings: from a body to events with their place in it."""
