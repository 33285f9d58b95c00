"""What a user would run instead and this tool, side by side in one run: ``python -m benchmarks``."""
