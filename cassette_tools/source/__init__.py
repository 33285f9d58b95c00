"""From files to nodes that know where they are, and back."""
