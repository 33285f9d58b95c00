"""Where a recording holds secrets: every decoded view of it, searched for known shapes and for known values."""
