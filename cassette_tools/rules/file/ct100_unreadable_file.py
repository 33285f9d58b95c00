"""CT100: unreadable-file."""

from collections.abc import Iterable

from cassette_tools.finding import Problem, Severity
from cassette_tools.model import Route
from cassette_tools.rules.base import CheckedFile, Rule


class UnreadableFile(Rule):
    """A file that cannot be read.

    ## What it does

    Reports a file that exists but cannot be read: no permission, not a regular file, broken gzip data, or larger than
    what is read.

    ## Why it matters

    A file that nobody can read is checked by nobody. The run goes on with the other files, and this one is not
    forgotten.

    ## Example

    ```yaml
    # a file without read permission, or a .yaml.gz that is not gzip data
    ```

    ## Use instead

    ```yaml
    # give the permission, or record the cassette again
    ```

    ## Configuration

    `severity`, as for every rule.
    """

    code = "CT100"
    name = "unreadable-file"
    severity = Severity.ERROR
    since = "0.1.0"

    def check_file(self, file: CheckedFile) -> Iterable[Problem]:
        """The reason why the file could not be read."""
        if file.error:
            yield Problem(f"the file cannot be read: {file.error}", Route(file_span=(0, 0)))
