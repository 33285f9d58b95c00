"""``python -m cassette_tools``."""

from cassette_tools.cli.main import main

main()
