"""The cassettes behind the paths of a command, for commands that cannot work on anything else."""

from collections.abc import Iterator

from cassette_tools.cli import exit as exits
from cassette_tools.errors import CassetteToolsError, NothingToCheckError
from cassette_tools.loading import LoadError, load, load_bytes
from cassette_tools.model import Cassette
from cassette_tools.source import discover, files

_STDIN = "<stdin>"


class Cassettes:
    """Goes through them; what cannot be read is said on stderr, and the others are read all the same.

    A file that a folder holds and that is no cassette is passed over.

    Attributes:
        in_trouble: Whether something could not be read.
        number: How many cassettes there were.
    """

    def __init__(self, paths: list[str]) -> None:
        self._paths = paths
        self.in_trouble = False
        self.number = 0

    def __iter__(self) -> Iterator[tuple[str, Cassette]]:
        for target in discover.targets(self._paths):
            if isinstance(target, CassetteToolsError):
                self._report(target)
                continue
            try:
                cassette = self._load(target)
            except LoadError as error:
                if target.named or error.resembles:
                    self._report(error)
            else:
                self.number += 1
                yield _STDIN if target.path == discover.STDIN else target.path, cassette

    def check_any(self) -> None:
        """To be called in the end.

        Raises:
            NothingToCheckError: There was no cassette, and nothing has been said about that.
        """
        if not self.number and not self.in_trouble:
            raise NothingToCheckError

    def _report(self, error: CassetteToolsError) -> None:
        exits.report_error(error)
        self.in_trouble = True

    @staticmethod
    def _load(target: discover.Target) -> Cassette:
        if target.path == discover.STDIN:
            try:
                return load_bytes(files.read_stdin(), _STDIN)
            except files.UnreadableError as error:
                raise LoadError(f"{_STDIN}: {error}") from error
        return load(target.path)
