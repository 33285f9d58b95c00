"""Where secrets are in a recording: decoded, put together from fragments, and mapped back to what is recorded."""
