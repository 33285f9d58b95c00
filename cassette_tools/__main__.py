"""The command ``cassette-tools``, also as ``python -m cassette_tools``."""

import gc
import sys
from typing import NoReturn


def main() -> NoReturn:
    """Run the command.

    A hook starts it at every commit, so it counts that nothing imported becomes garbage: the collector seldom looks,
    and when the interpreter ends everything is out of its sight. That is a fifth of a run.
    """
    gc.set_threshold(100_000, 20, 20)
    try:
        from cassette_tools.cli.main import run
    except KeyboardInterrupt:
        sys.exit(130)  # exit.INTERRUPTED, which is not there yet; from here on the boundary in cli/exit.py sees to it

    code = run()
    gc.freeze()
    sys.exit(code)


if __name__ == "__main__":
    main()
