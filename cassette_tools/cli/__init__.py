"""The command line: options in, one call, one report out. Only this room knows click."""
